import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "../..");
const rows = readFileSync(join(root, "docs/claims.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| claim "))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe("the table of claims", () => {
  it.each(rows.map((cells) => [cells[0], cells] as const))(
    "has a check that exists, or says not yet: %s",
    (_claim, cells) => {
      expect(cells).toHaveLength(3);
      const check = cells[2] ?? "";
      if (check === "not yet") return;
      for (const command of check.split("<br>")) {
        const file = /^`npm run claim -- (tests\/[\w/.-]+)`$/.exec(command)?.[1] ?? "";
        expect([command, existsSync(join(root, file))]).toEqual([command, true]);
        const source = readFileSync(join(root, file), "utf8");
        // A file that skips or asserts nothing checks nothing.
        expect(source).not.toMatch(/\b(it|describe|test)\.skip\b|\bxit\(|\bit\.todo\b/);
        expect(file.endsWith("run.ts") || /expect\(/.test(source)).toBe(true);
      }
    },
  );

  it.each([
    "encrypted in transit",
    "encrypted at rest",
    "keys are kept apart",
    "isolated",
    "export any time",
    "erase on demand",
    "control retention",
    "audit trail",
    "tamper-evident",
    "consent is asked",
    "no training",
    "account can be deleted",
    "roles and sessions",
    "stays in its region",
  ])("has a row for what a security page promises: %s", (words) => {
    expect(rows.some(([claim = ""]) => claim.toLowerCase().includes(words))).toBe(true);
  });

  it("claims nothing that the design's own words forbid", () => {
    const text = readFileSync(join(root, "docs/claims.md"), "utf8");
    expect(text).not.toMatch(/permanently and irreversibly|military[- ]grade|100 ?% secure/i);
  });
});
