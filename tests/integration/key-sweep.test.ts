import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createKey, dekOf } from "../../functions/src/crypto/keyring.ts";
import { rewrapTenantKeys } from "../../functions/src/crypto/rotate-tenant-keys.ts";
import { findTenantKeyRecord } from "../../functions/src/crypto/store.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { auditContext } from "../../functions/src/ledger/append-entry.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { describeKeys } from "../../functions/src/rotation/describe-keys.ts";
import { rotationJob } from "../../functions/src/rotation/rotation-job.ts";
import { listRenewals } from "../../functions/src/rotation/store.ts";
import { sweepKeys } from "../../functions/src/rotation/sweep-keys.ts";
import { leavesOf } from "../support/audit-log.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const day = 86_400;

/** Outcomes and versions of a tenant's entries about its keys, in order. */
async function rotated(deps: Deps, { tenantId }: Shop): Promise<string[]> {
  const entries = (await leavesOf(deps, tenantId)).filter(({ action }) => action === "keys-rotated");
  return entries.map(({ outcome, metadata }) => `${outcome} ${metadata.kmsVersion}`).sort();
}

describe("the sweep of keys", () => {
  let deps: TestDeps;
  let shops: Shop[];
  const subjectId = "person00000000000000";

  const drain = () =>
    deps.publisher.drain({
      "rotation-steps": (payload, delivery) => runJob(deps, rotationJob, stepMessage.parse(payload), delivery),
    });
  const rotations = async ({ tenantId }: Shop) =>
    (await deps.stores.data.collection(`tenants/${tenantId}/jobs`).where("kind", "==", "rotation").get()).size;
  const wrappingVersions = async ({ tenantId }: Shop) =>
    new Set((await findTenantKeyRecord(deps.stores, tenantId))?.keys.map((key) => key.kekVersion.split("/").at(-1)));
  const states = async () => (await deps.kms.listVersions(deps.kekName)).map(({ state }) => state);
  const first = () => shops[0] as Shop;

  beforeAll(async () => {
    deps = testDeps();
    shops = [await openShop(deps, "akeys"), await openShop(deps, "bkeys"), await openShop(deps, "ckeys")];
    await createKey(deps, { collection: "deks", tenantId: first().tenantId, subjectId });
  });
  afterAll(() => deps.close());

  it("wraps every tenant's keys under the new version that Cloud KMS made, and records it in each log", async () => {
    await deps.kms.rotate(deps.kekName);
    await sweepKeys(deps);
    for (const shop of shops) {
      expect(await wrappingVersions(shop)).toEqual(new Set(["2"]));
      expect(await rotated(deps, shop)).toEqual(["intended 2", "success 2"]);
    }
    deps.keyCache.forget("");
    await expect(dekOf(deps, { tenantId: first().tenantId, subjectId })).resolves.toBeDefined();
    await sweepKeys(deps);
    expect(await rotated(deps, first())).toHaveLength(2);
  });

  it("schedules the old version's destruction when no backup needs it, not before, nor for a clock that runs ahead", async () => {
    const { kmsVersions } = await describeKeys(deps, first().tenantId);
    const unusedSince = deps.clock.now();
    const destroyedFrom = new Date(unusedSince.getTime() + 8 * day * 1000);
    expect(kmsVersions).toEqual([
      expect.objectContaining({ version: "2", state: "ENABLED" }),
      expect.objectContaining({ version: "1", state: "ENABLED", unusedSince, destroyedFrom }),
    ]);
    deps.clock.advance(7 * day);
    await sweepKeys(deps);
    const truth = deps.clock.now();
    const ahead: Deps = {
      ...deps,
      stores: deps.stores,
      clock: { now: () => new Date(truth.getTime() + 30 * day * 1000), fromServer: () => truth },
    };
    await sweepKeys(ahead);
    expect(await states()).toEqual(["ENABLED", "ENABLED"]);
    deps.clock.advance(day);
    await Promise.all([sweepKeys(deps), sweepKeys(deps).catch(() => undefined)]);
    expect(await states()).toEqual(["DESTROY_SCHEDULED", "ENABLED"]);
    await sweepKeys(deps);
    const [, old] = (await describeKeys(deps, first().tenantId)).kmsVersions;
    expect(old).toMatchObject({ version: "1", state: "DESTROY_SCHEDULED", unusedSince });
    deps.keyCache.forget("");
    await expect(dekOf(deps, { tenantId: first().tenantId, subjectId })).resolves.toBeDefined();
  });

  it("never destroys a version that still wraps one key, however long ago the others left it", async () => {
    const broken = deps.stores.keys.doc(`tenants/${(shops[1] as Shop).tenantId}`);
    const before = (await broken.get()).data() ?? {};
    const [key, ...others] = before.keys as { wrapped: Uint8Array }[];
    const changed = Buffer.from(key?.wrapped ?? []);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await broken.set({ keys: [{ ...key, wrapped: changed }, ...others] });
    await deps.kms.rotate(deps.kekName);
    await sweepKeys(deps);
    deps.clock.advance(20 * day);
    await sweepKeys(deps);
    expect((await states())[1]).toBe("ENABLED");
    expect(await wrappingVersions(first())).toEqual(new Set(["3"]));
    await broken.set(before);
    await sweepKeys(deps);
    deps.clock.advance(7 * day);
    await sweepKeys(deps);
    expect((await states())[1]).toBe("ENABLED");
    deps.clock.advance(2 * day);
    await sweepKeys(deps);
    expect((await states())[1]).toBe("DESTROY_SCHEDULED");
  });

  it("goes on where it stopped, and begins anew when the version changed meanwhile", async () => {
    await deps.kms.rotate(deps.kekName);
    await sweepKeys(deps, { atMost: 1, page: 1 });
    const behind = await Promise.all(shops.map(wrappingVersions));
    expect(behind.map((versions) => [...versions][0]).sort()).toEqual(["3", "3", "4"]);
    deps.kms.disable();
    await expect(sweepKeys(deps, { page: 1 })).rejects.toMatchObject({ code: "key-unavailable" });
    deps.kms.enable();
    await sweepKeys(deps, { page: 1 });
    for (const shop of shops) expect(await wrappingVersions(shop)).toEqual(new Set(["4"]));
  });

  it("starts the yearly rotation of each tenant's key once, and destroys the old key after the backups", async () => {
    expect(await rotations(first())).toBe(0);
    const { nextRotationAt } = await describeKeys(deps, first().tenantId);
    deps.clock.set(new Date(nextRotationAt.getTime() - 1_000));
    await sweepKeys(deps);
    expect(await rotations(first())).toBe(0);
    deps.clock.advance(2);
    const dek = deps.stores.keys.doc(`tenants/${first().tenantId}/deks/${subjectId}`);
    const underOldKey = (await dek.get()).data() ?? {};
    await Promise.all([sweepKeys(deps), sweepKeys(deps)]);
    for (const shop of shops) expect(await rotations(shop)).toBe(1);
    await drain();
    for (let pass = 0; pass < 2; pass += 1) {
      deps.clock.advance(400);
      await resumeStalledJobs(deps);
      await drain();
    }
    const dates = await describeKeys(deps, first().tenantId);
    expect(dates.tenantKeys.map(({ version }) => version)).toEqual([2, 1]);
    expect(dates.tenantKeys[1]?.destroyedFrom).toBeDefined();
    expect(dates.nextRotationAt.getTime()).toBeGreaterThan(deps.clock.now().getTime() + 364 * day * 1000);
    expect((await dek.get()).get("tenantKeyVersion")).toBe(2);
    // As if a server that slept through the rotation had wrapped it with the old key.
    await dek.set(underOldKey);
    deps.clock.advance(9 * day);
    await resumeStalledJobs(deps);
    await drain();
    expect((await describeKeys(deps, first().tenantId)).tenantKeys.map(({ version }) => version)).toEqual([2]);
    expect((await dek.get()).get("tenantKeyVersion")).toBe(2);
    deps.keyCache.forget("");
    await expect(dekOf(deps, { tenantId: first().tenantId, subjectId })).resolves.toBeDefined();
  });
});

describe("a sweep of keys that dies", () => {
  let deps: TestDeps;
  let shop: Shop;

  beforeAll(async () => {
    deps = testDeps();
    shop = await openShop(deps, "akeys");
    await auditContext(deps, shop.tenantId);
    await deps.kms.rotate(deps.kekName);
  });
  afterAll(() => deps.close());

  it("before it wraps the keys leaves its intent, which is said once", async () => {
    deps.kms.disable();
    for (let run = 0; run < 2; run += 1)
      await expect(sweepKeys(deps)).rejects.toMatchObject({ code: "key-unavailable" });
    deps.kms.enable();
    expect(await rotated(deps, shop)).toEqual(["intended 2"]);
  });

  it("before it records the outcome leaves that to the next, which records it once", async () => {
    await rewrapTenantKeys(deps, shop.tenantId);
    await Promise.all([sweepKeys(deps), sweepKeys(deps)]);
    await sweepKeys(deps);
    expect(await rotated(deps, shop)).toEqual(["intended 2", "success 2"]);
    expect(await listRenewals(deps.stores)).toEqual([]);
  });
});
