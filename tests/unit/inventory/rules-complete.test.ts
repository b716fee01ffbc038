import { describe, expect, it } from "@jest/globals";
import { indexFileFaults, readIndexFile } from "../../support/index-file.ts";
import { isServed } from "../../support/required-index.ts";
import { parseRules, readRules, rulesFaults } from "../../support/rules-file.ts";

const rules = readRules();
const changed = (from: string, to: string): string => {
  expect(rules).toContain(from);
  return rules.replace(from, to);
};

describe("firestore.rules", () => {
  it("open exactly the collections that the inventory lets browsers read", () => {
    expect(rulesFaults(rules)).toEqual([]);
  });

  it("deny by default", () => {
    const last = parseRules(rules).at(-1);
    expect(last).toEqual({
      path: "/databases/{database}/documents/{document=**}",
      operations: ["read", "write"],
      condition: "false",
    });
  });

  it.each([
    ["a collection more", "match /tenants/{tenantId}/jobs/{jobId}", "match /tenants/{tenantId}/leads/{leadId}"],
    ["what lies under a collection", "/jobs/{jobId} {", "/jobs/{jobId=**} {"],
    ["a write", "allow get, list: if mayListen", "allow get, list, update: if mayListen"],
    ["all of a read", "allow get, list: if mayListen(tenantId);", "allow read: if true;"],
    ["another condition", "if mayListen(tenantId)", "if mayListen('x')"],
    ["everything", "allow read, write: if false", "allow read, write: if request.auth != null"],
    ["everything without a condition", "allow read, write: if false", "allow read, write"],
    [
      "a collection less",
      "match /tenants/{tenantId}/signals/{signalId}",
      "match /tenants/{tenantId}/signal/{signalId}",
    ],
  ])("are found wrong when they open %s", (_what, from, to) => {
    expect(rulesFaults(changed(from, to))).not.toEqual([]);
  });

  it("are not read past what the reader does not know", () => {
    expect(() => rulesFaults(changed("rules_version = '2';", "rules_version = '2'; let x = 1;"))).toThrow(/let x/);
  });
});

describe("firestore.indexes.json", () => {
  const file = readIndexFile();

  it("exempts exactly the sealed and unindexed fields of the inventory", () => {
    expect(indexFileFaults(file)).toEqual([]);
  });

  it("has the vector index that retrieval asks", () => {
    const live = { fieldFilter: { field: { fieldPath: "live" }, op: "EQUAL" } };
    const nearest = (fieldPath: string) => ({
      from: [{ collectionId: "chunks" }],
      where: live,
      findNearest: { vectorField: { fieldPath } },
    });
    expect(isServed(nearest("embedding"), file)).toBe(true);
    expect(isServed(nearest("vector"), file)).toBe(false);
  });

  it("is found wrong without an exemption, with one too many, and with a sealed field in an index", () => {
    const [first, ...rest] = file.fieldOverrides;
    expect(indexFileFaults({ ...file, fieldOverrides: rest })).toEqual([
      `${first?.collectionGroup}/${first?.fieldPath} is not exempt`,
    ]);
    const more = { collectionGroup: "members", fieldPath: "role", indexes: [] };
    expect(indexFileFaults({ ...file, fieldOverrides: [...file.fieldOverrides, more] })).toEqual([
      "members/role is exempt for no reason",
    ]);
    const sealed = { fieldPath: "question", order: "ASCENDING" as const };
    const over = { collectionGroup: "turns", queryScope: "COLLECTION" as const, fields: [sealed] };
    expect(indexFileFaults({ ...file, indexes: [...file.indexes, over] })).toEqual([
      "turns/question is indexed and must not be",
    ]);
    const unknown = { collectionGroup: "diaries", queryScope: "COLLECTION" as const, fields: [] };
    expect(indexFileFaults({ ...file, indexes: [...file.indexes, unknown] })).toEqual(["diaries is not declared"]);
  });
});

describe("the check of queries against indexes", () => {
  const empty = { indexes: [], fieldOverrides: [] };
  const from = [{ collectionId: "sessions" }];
  const equal = (fieldPath: string) => ({ fieldFilter: { field: { fieldPath }, op: "EQUAL" } });
  const above = (fieldPath: string) => ({ fieldFilter: { field: { fieldPath }, op: "GREATER_THAN" } });
  const both = (...filters: object[]) => ({ compositeFilter: { op: "AND", filters } });
  const by = (fieldPath: string, direction = "ASCENDING") => ({ field: { fieldPath }, direction });

  it("joins single fields for equalities, and asks for a composite index for a range beside them", () => {
    expect(isServed({ from, where: both(equal("uid"), equal("role")) }, empty)).toBe(true);
    expect(isServed({ from, where: both(equal("uid"), above("expiresAt")) }, empty)).toBe(false);
    expect(isServed({ from, where: both(equal("uid"), above("expiresAt")) }, readIndexFile())).toBe(true);
    expect(isServed({ from, where: equal("uid"), orderBy: [by("createdAt", "DESCENDING")] }, readIndexFile())).toBe(
      false,
    );
  });

  it("knows that the document's name follows the last field's direction", () => {
    expect(isServed({ from, orderBy: [by("createdAt", "DESCENDING"), by("__name__", "DESCENDING")] }, empty)).toBe(
      true,
    );
    expect(isServed({ from, orderBy: [by("createdAt", "DESCENDING"), by("__name__")] }, empty)).toBe(false);
    expect(isServed({ from, orderBy: [by("__name__", "DESCENDING")] }, empty)).toBe(false);
  });

  it("takes no exempt field and no index of another scope", () => {
    const exempt = { indexes: [], fieldOverrides: [{ collectionGroup: "sessions", fieldPath: "uid", indexes: [] }] };
    expect(isServed({ from, where: equal("uid") }, exempt)).toBe(false);
    expect(isServed({ from: [{ collectionId: "sessions", allDescendants: true }], where: equal("uid") }, empty)).toBe(
      false,
    );
  });
});
