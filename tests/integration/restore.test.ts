import type { Firestore } from "@google-cloud/firestore";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { replayTombstones } from "../../functions/src/subject-requests/replay-tombstones.ts";
import { everyDocument, searchEverywhere } from "../support/search-everywhere.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { canaryOf, createWorld, staffActor, subjectIdOf, type World } from "../support/world.ts";

type Backup = Map<string, FirebaseFirestore.DocumentData>;

async function backupOf(database: Firestore): Promise<Backup> {
  const documents: Backup = new Map();
  for await (const { path, data } of everyDocument(database))
    if (data !== undefined) documents.set(path, data as FirebaseFirestore.DocumentData);
  return documents;
}

async function restore(database: Firestore, backup: Backup): Promise<void> {
  for (const [path, data] of backup) await database.doc(path).set(data);
}

describe("a restore from before an erasure", () => {
  let deps: TestDeps;
  let world: World;
  let data: Backup;
  let keys: Backup;
  const leads = personalCollections.filter((entry) => entry.name === "leads");
  const texts = async (person: string) =>
    JSON.stringify(await Promise.all(leads.map((entry) => world.readableRecords(person, entry))));

  beforeAll(async () => {
    deps = testDeps();
    world = await createWorld(deps);
    await world.addPerson("alice");
    await world.addPerson("bob");
    [data, keys] = [await backupOf(deps.stores.data), await backupOf(deps.stores.keys)];
    await requestErasure(
      deps,
      staffActor,
      world.tenantId,
      { kind: "person", subjectId: subjectIdOf("alice") },
      undefined,
    );
    await world.settle();
  });
  afterAll(() => deps.close());

  it("brings back ciphertext that nobody can open, and nothing at all after the replay", async () => {
    await restore(deps.stores.data, data);
    expect(await texts("alice")).toContain("alice");
    expect(await texts("alice")).not.toContain(canaryOf("alice"));
    const replayed = await replayTombstones(deps, world.tenantId);
    expect(replayed.tombstones).toBe(1);
    expect(replayed.records).toBeGreaterThan(0);
    for (const entry of personalCollections) expect(await world.readableRecords("alice", entry)).toEqual([]);
    expect(await texts("bob")).toContain(canaryOf("bob"));
  });

  it("with the keys restored too, destroys the key again before it deletes, and leaves everybody else whole", async () => {
    await restore(deps.stores.data, data);
    await restore(deps.stores.keys, keys);
    deps.keyCache.forget("");
    expect(await texts("alice")).toContain(canaryOf("alice"));
    await replayTombstones(deps, world.tenantId);
    for (const entry of personalCollections) expect(await world.readableRecords("alice", entry)).toEqual([]);
    expect(await texts("bob")).toContain(canaryOf("bob"));
    expect(await searchEverywhere(deps, [canaryOf("alice")])).toEqual([]);
    expect((await replayTombstones(deps, world.tenantId)).records).toBe(0);
  });
});
