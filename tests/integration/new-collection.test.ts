import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { CollectionEntry } from "../../functions/src/inventory/entry.ts";
import type { TestDeps } from "../support/test-deps.ts";
import type { World } from "../support/world.ts";

/** What somebody adds who wants to keep something new of a person: this, and nothing else anywhere. */
const diaries: CollectionEntry = {
  kind: "collection",
  database: "data",
  path: "tenants/{tenantId}/diaries/{diaryId}",
  purpose: "What a data subject wrote down.",
  legalBasis: "consent",
  classification: "personal",
  dataSubject: { field: "subjectId" },
  sealed: ["page"],
  sealedBy: "dek",
  retention: "conversation",
  erasure: { action: "delete" },
  export: {
    person: {
      rule: "include",
      folder: "diaries",
      provided: ["page"],
      fields: { page: "What was written.", createdAt: "When." },
    },
    tenant: { rule: "exclude", reason: "Tried for one person only." },
  },
  readers: ["none"],
};

const inventoryModule = "../../functions/src/inventory/inventory.ts";

describe("a collection that one inventory entry adds", () => {
  let deps: TestDeps;
  let world: World;
  let support: typeof import("../support/world.ts");
  const stored = async (person: string) => {
    const collection = deps.stores.data.collection(`tenants/${world.tenantId}/diaries`);
    return (await collection.where("subjectId", "==", support.subjectIdOf(person)).get()).size;
  };

  beforeAll(async () => {
    const real = await import("../../functions/src/inventory/inventory.ts");
    jest.resetModules();
    jest.unstable_mockModule(inventoryModule, () => ({
      ...real,
      inventory: { ...real.inventory, diaries },
      collections: [...real.collections, { ...diaries, name: "diaries" }],
    }));
    support = await import("../support/world.ts");
    const { testDeps } = await import("../support/test-deps.ts");
    deps = testDeps();
    world = await support.createWorld(deps);
    await world.addPerson("alice", 3);
    await world.addPerson("bob", 3);
  });
  afterAll(() => deps.close());

  it("is in the person's export, opened and documented", async () => {
    expect(await stored("alice")).toBe(3);
    const { requestExport } = await import("../../functions/src/exports/request-export.ts");
    const what = { subjectId: support.subjectIdOf("alice"), format: "json" } as const;
    const { exportId } = await requestExport(deps, support.staffActor, world.tenantId, what, "key-diaries");
    await world.settle();
    const bytes = await deps.buckets.read("exports", `${world.tenantId}/${exportId}/subject.json`);
    const { files } = JSON.parse(Buffer.from(bytes ?? new Uint8Array()).toString("utf8")) as {
      files: Record<string, unknown>;
    };
    expect(files["diaries/diaries.json"]).toHaveLength(3);
    expect(files["diaries/diaries.json"]).toContainEqual(
      expect.objectContaining({ provided: { page: support.canaryOf("alice") } }),
    );
    expect(JSON.stringify(files)).toContain("What was written.");
  });

  it("goes with the person, is counted in the receipt, and stays with everybody else", async () => {
    const { requestErasure } = await import("../../functions/src/subject-requests/erasure/request-erasure.ts");
    const { findReceipt } = await import("../../functions/src/subject-requests/store.ts");
    const scope = { kind: "person", subjectId: support.subjectIdOf("alice") } as const;
    const { jobId } = await requestErasure(deps, support.staffActor, world.tenantId, scope, "asked");
    await world.settle();
    expect([await stored("alice"), await stored("bob")]).toEqual([0, 3]);
    const receipt = await findReceipt(deps.stores, world.tenantId, jobId);
    expect(JSON.parse(Buffer.from(receipt?.envelope.payload ?? "", "base64").toString("utf8"))).toMatchObject({
      stores: expect.arrayContaining([expect.objectContaining({ name: "diaries", action: "delete", count: 3 })]),
    });
  });
});
