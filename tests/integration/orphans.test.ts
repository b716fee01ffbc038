import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { createKey, destroyKey } from "../../functions/src/crypto/keyring.ts";
import { createTenantKeys } from "../../functions/src/crypto/tenant-keys.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import { orphanAlarm, sweepOrphans } from "../../functions/src/orphans/sweep-orphans.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { leavesOf } from "../support/audit-log.ts";
import { findKey } from "../support/find-key.ts";
import { arriveAt, openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, tenantIdOf, testDeps } from "../support/test-deps.ts";
import { settleJobs, staffActor } from "../support/world.ts";

const hour = 3_600;

describe("the orphan sweep", () => {
  let deps: TestDeps;
  let shop: Shop;
  let other: Shop;

  const arrive = (at: Shop, name: string) => arriveAt(deps, at, name, { remember: true });
  const lostKey = (at: Shop, subjectId: string) =>
    createKey(deps, { collection: "deks", tenantId: at.tenantId, subjectId });
  /** Runs a sweep and gives the alarms that it logged. */
  const alarmsOf = async (sweep: () => Promise<unknown>) => {
    const lines = jest.spyOn(console, "log").mockImplementation(() => undefined);
    try {
      await sweep();
      return lines.mock.calls
        .map(([line]) => JSON.parse(String(line)) as Record<string, unknown>)
        .filter(({ message }) => message === orphanAlarm);
    } finally {
      lines.mockRestore();
    }
  };
  const sweep = () => sweepOrphans(deps);
  /** Outcomes of the entries about leftovers. */
  const removals = async (tenantId: string) =>
    (await leavesOf(deps, tenantId))
      .filter(({ action }) => action === "leftover-erased")
      .map(({ outcome }) => outcome)
      .sort();

  beforeAll(async () => {
    deps = testDeps();
    shop = await openShop(deps, "orphanage");
    other = await openShop(deps, "neighbor");
    await arrive(shop, "bystander");
    await arrive(other, "bystander");
  });
  beforeEach(() => deps.clock.advance(2 * hour));
  afterAll(() => deps.close());

  it("finds nothing where every key has its data", async () => {
    expect(await alarmsOf(sweep)).toEqual([]);
  });

  it("deletes an erased person's key and records that came back, once, and records it", async () => {
    const erased = await arrive(shop, "erased");
    await createLead(deps, erased, { email: "erased@people.example", message: "call me" }, "erased-lead-1");
    const { subjectId, tenantId } = erased;
    const dek = deps.stores.keys.doc(`tenants/${tenantId}/deks/${subjectId}`);
    const subject = deps.stores.data.doc(`tenants/${tenantId}/subjects/${subjectId}`);
    const [keyBefore, subjectBefore] = [(await dek.get()).data() ?? {}, (await subject.get()).data() ?? {}];
    await requestErasure(deps, staffActor, tenantId, { kind: "person", subjectId }, undefined);
    await settleJobs(deps, tenantId);
    expect([(await dek.get()).exists, (await subject.get()).exists]).toEqual([false, false]);
    await dek.set(keyBefore);
    deps.clock.advance(hour);
    expect(await alarmsOf(sweep)).toEqual([]);
    expect((await dek.get()).exists).toBe(false);
    await subject.set(subjectBefore);
    deps.clock.advance(2 * hour);
    expect(await alarmsOf(() => Promise.all([sweep(), sweep()]))).toEqual([]);
    expect((await subject.get()).exists).toBe(false);
    expect(await removals(tenantId)).toEqual(["intended", "intended", "success", "success"]);
  });

  it("records what it removed before it died, though nothing is left to find", async () => {
    const erased = await arrive(other, "twice-erased");
    const { subjectId, tenantId } = erased;
    const subject = deps.stores.data.doc(`tenants/${tenantId}/subjects/${subjectId}`);
    const before = (await subject.get()).data() ?? {};
    await requestErasure(deps, staffActor, tenantId, { kind: "person", subjectId }, undefined);
    await settleJobs(deps, tenantId);
    await subject.set(before);
    deps.clock.advance(2 * hour);
    const dies = jest.spyOn(deps.keyCache, "forget").mockImplementation(() => {
      throw new Error("as if the process died");
    });
    await expect(sweep()).rejects.toThrow("as if the process died");
    dies.mockRestore();
    expect(await removals(tenantId)).toEqual(["intended"]);
    await subject.delete();
    await sweep();
    await sweep();
    expect(await removals(tenantId)).toEqual(["intended", "success"]);
  });

  it("leaves what an erasure under way has in hand", async () => {
    const leaving = await arrive(shop, "leaving");
    const { subjectId, tenantId } = leaving;
    await requestErasure(deps, staffActor, tenantId, { kind: "person", subjectId }, undefined);
    expect(await findKey(deps, tenantId, subjectId)).toBeUndefined();
    deps.clock.advance(2 * hour);
    expect(await alarmsOf(sweep)).toEqual([]);
    expect((await deps.stores.data.doc(`tenants/${tenantId}/subjects/${subjectId}`).get()).exists).toBe(true);
    await settleJobs(deps, tenantId);
  });

  it("only raises an alarm for a key that no tombstone names, after an hour, and keeps it", async () => {
    const stray = "strayedkey0000000000";
    await lostKey(shop, stray);
    deps.clock.advance(hour - 60);
    expect(await alarmsOf(sweep)).toEqual([]);
    deps.clock.advance(120);
    const alarm = { tenantId: shop.tenantId, collection: "deks", kind: "key-without-data", subjectId: stray };
    expect(await alarmsOf(sweep)).toEqual([expect.objectContaining({ severity: "ERROR", ...alarm })]);
    expect(await findKey(deps, shop.tenantId, stray)).toBeDefined();
    await destroyKey(deps, { collection: "deks", tenantId: shop.tenantId, subjectId: stray });
  });

  it("does not take another tenant's tombstone for its own", async () => {
    const namesake = "namesake000000000000";
    await deps.stores.data.doc(`tenants/${other.tenantId}/tombstones/${namesake}`).set({
      kind: "purge",
      state: "done",
      targets: { scope: "person", subjectId: namesake },
      createdAt: deps.clock.now(),
      finishedAt: deps.clock.now(),
    });
    await lostKey(shop, namesake);
    deps.clock.advance(2 * hour);
    expect(await alarmsOf(sweep)).toHaveLength(1);
    expect(await findKey(deps, shop.tenantId, namesake)).toBeDefined();
    await destroyKey(deps, { collection: "deks", tenantId: shop.tenantId, subjectId: namesake });
  });

  it("raises an alarm for each record whose key is gone, and keeps it", async () => {
    const { subjectId, tenantId } = await arrive(shop, "keyless");
    await deps.stores.keys.doc(`tenants/${tenantId}/deks/${subjectId}`).delete();
    deps.clock.advance(2 * hour);
    const alarms = await alarmsOf(sweep);
    expect(alarms.map(({ collection, kind }) => `${collection} ${kind}`).sort()).toEqual([
      "conversations data-without-key",
      "subjects data-without-key",
    ]);
    expect((await deps.stores.data.doc(`tenants/${tenantId}/subjects/${subjectId}`).get()).exists).toBe(true);
    for (const name of ["subjects", "conversations"]) {
      const own = deps.stores.data.collection(`tenants/${tenantId}/${name}`);
      const docs = name === "subjects" ? [own.doc(subjectId)] : await ownedBy(own, subjectId);
      for (const doc of docs) await doc.delete();
    }
    for (const doc of await ownedBy(deps.stores.keys.collection(`tenants/${tenantId}/identifiers`), subjectId))
      await doc.delete();
  });

  it("never flags what a hold keeps, nor a key of a job that may go on", async () => {
    const kept = await arrive(shop, "kept");
    const { subjectId, tenantId } = kept;
    const { id: leadId } = await createLead(
      deps,
      kept,
      { email: "k@people.example", message: "sue me" },
      "kept-lead-1",
    );
    const endsAt = new Date(deps.clock.now().getTime() + 400 * 86_400_000);
    const items = { conversationIds: [], leadIds: [leadId], basis: "a lawsuit", endsAt };
    await placeHold(deps, staffActor, kept, items, "hold-1");
    await requestErasure(deps, staffActor, tenantId, { kind: "person", subjectId }, undefined);
    await settleJobs(deps, tenantId);
    await createKey(deps, { collection: "jobKeys", tenantId, jobId: "waitingjob0000000000" });
    await deps.stores.data.doc(`tenants/${tenantId}/jobs/waitingjob0000000000`).set({
      state: "failed",
      createdAt: deps.clock.now(),
      updatedAt: deps.clock.now(),
    });
    deps.clock.advance(2 * hour);
    expect(await alarmsOf(sweep)).toEqual([]);
    expect((await deps.stores.keys.doc(`tenants/${tenantId}/evidence/${leadId}`).get()).exists).toBe(true);
    await deps.stores.data.doc(`tenants/${tenantId}/jobs/waitingjob0000000000`).update({ state: "done" });
    expect((await alarmsOf(sweep)).map(({ collection }) => collection)).toEqual(["jobKeys"]);
    await destroyKey(deps, { collection: "jobKeys", tenantId, jobId: "waitingjob0000000000" });
  });

  it("raises an alarm for keys of an account that was never opened", async () => {
    const tenantId = tenantIdOf("unopened");
    await createTenantKeys(deps, tenantId);
    expect(await alarmsOf(sweep)).toEqual([]);
    deps.clock.advance(2 * hour);
    expect(await alarmsOf(sweep)).toEqual([
      expect.objectContaining({ tenantId, collection: "tenantKeys", kind: "key-without-data" }),
    ]);
    await deps.stores.keys.doc(`tenants/${tenantId}`).delete();
  });

  it("looks at 20,000 keys and records at most, and goes on where it stopped", async () => {
    const place = { tenantId: shop.tenantId, collection: "leads", after: "" };
    await deps.stores.data.doc("sweeps/orphan-sweep").set({ place, updatedAt: deps.clock.now() });
    const first = await sweepOrphans(deps, 2);
    expect(first.seen).toBe(2);
    const stored = await deps.stores.data.doc("sweeps/orphan-sweep").get();
    expect(stored.get("place")).toEqual({ tenantId: shop.tenantId, collection: "requests", after: "" });
    const rest = await sweepOrphans(deps);
    const whole = await sweepOrphans(deps);
    expect(rest.seen).toBeLessThan(whole.seen);
    expect((await deps.stores.data.doc("sweeps/orphan-sweep").get()).get("place")).toBeNull();
  });
});

async function ownedBy(collection: FirebaseFirestore.CollectionReference, subjectId: string) {
  const { docs } = await collection.where("subjectId", "==", subjectId).get();
  return docs.map(({ ref }) => ref);
}
