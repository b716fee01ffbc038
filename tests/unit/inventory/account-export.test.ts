import { describe, expect, it } from "@jest/globals";
import type { CollectionEntry } from "../../../functions/src/inventory/entry.ts";
import { collections } from "../../../functions/src/inventory/inventory.ts";

/** Fields that a whole account's export holds of a collection, or none. */
function accountFields({ export: { tenant } }: CollectionEntry): string[] {
  return tenant.rule === "include" ? Object.keys(tenant.fields) : [];
}

const exported = collections.filter((entry) => accountFields(entry).length > 0);

describe("a whole account's export", () => {
  it.each(
    exported.flatMap((entry) => ("field" in entry.dataSubject ? [[entry, entry.dataSubject.field] as const] : [])),
  )("says whose each record is: $name", (entry, field) => {
    expect(accountFields(entry)).toContain(field);
  });

  it.each(
    exported.flatMap((entry) =>
      entry.conversation !== undefined && "field" in entry.conversation
        ? [[entry, entry.conversation.field] as const]
        : [],
    ),
  )("says to which conversation each record belongs: $name", (entry, field) => {
    expect(accountFields(entry)).toContain(field);
  });
});
