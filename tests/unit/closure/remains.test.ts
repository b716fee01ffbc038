import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { bucketFolders, inventory } from "../../../functions/src/inventory/inventory.ts";

const deployed = readFileSync("terraform/modules/buckets/main.tf", "utf8");

/** A number of days that Terraform gives a bucket, 0 where it gives none. */
function daysOf(bucket: string, setting: string): number {
  const line = new RegExp(`^\\s+${bucket}\\s+=\\s+\\{([^}]*)\\}`, "m").exec(deployed)?.[1] ?? "";
  return Number(new RegExp(`${setting}\\s*=\\s*(\\d+)`).exec(line)?.[1] ?? 0);
}

describe("what a certificate says of files", () => {
  it.each(bucketFolders.map((folder) => [folder.name, folder] as const))(
    "counts the days for which %s can be brought back as they are deployed",
    (_name, { bucket, softDeleteDays = 0 }) => {
      expect(deployed).toMatch(new RegExp(`^\\s+${bucket}\\s+=`, "m"));
      expect(softDeleteDays).toBe(daysOf(bucket, "soft_delete_days"));
    },
  );

  it("keeps tombstones as long as their bucket refuses to delete them, and longer than any backup lives", () => {
    const { days } = inventory.tombstoneFiles.afterClosure;
    expect(days).toBeGreaterThanOrEqual(daysOf("tombstones", "keep_for_days"));
    expect(days).toBeGreaterThan(Math.max(inventory.dataBackups.windowDays, inventory.keyBackups.windowDays));
  });
});
