import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { describeChanges, digestOf, fieldChanges } from "../../../functions/src/ledger/field-changes.ts";

describe("the changes of a record", () => {
  const stored = {
    name: "Robin",
    enabled: true,
    origins: ["https://a.example"],
    contact: { name: "Ada", email: "a@x" },
  };

  it("are the fields whose value is another, though all were sent", () => {
    const sent = { ...stored, origins: ["https://a.example"], contact: { email: "a@x", name: "Ada" }, enabled: false };
    expect(fieldChanges(stored, sent)).toEqual([{ field: "enabled", before: true, after: false, isSafe: false }]);
    expect(fieldChanges(stored, stored)).toEqual([]);
    expect(fieldChanges(stored, { plan: "free" })).toEqual([
      { field: "plan", before: null, after: "free", isSafe: false },
    ]);
  });

  it("stand in a leaf by name, with values only where the field is safe and commitments elsewhere", () => {
    const committed: string[] = [];
    const changes = fieldChanges(stored, { enabled: false, name: "Wren" }, new Set(["enabled"]));
    const described = describeChanges(changes, (name, value) => {
      committed.push(`${name} ${value}`);
      return `commitment ${committed.length}`;
    });
    expect(described).toEqual({
      fields: ["enabled", "name"],
      values: { enabled: { before: true, after: false } },
      commitments: { name: { before: "commitment 1", after: "commitment 2" } },
    });
    expect(committed).toEqual([
      `change.name.before ${digestOf("Robin")}`,
      `change.name.after ${createHash("sha256").update('"Wren"').digest("base64url")}`,
    ]);
    expect(describeChanges([], () => "")).toEqual({});
  });
});
