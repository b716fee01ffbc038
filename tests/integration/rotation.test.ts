import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { KeyCache } from "../../functions/src/crypto/key-cache.ts";
import { createKey, keyAt } from "../../functions/src/crypto/keyring.ts";
import { findTenantKeyRecord } from "../../functions/src/crypto/store.ts";
import { tenantKey } from "../../functions/src/crypto/tenant-keys.ts";
import { permissionsOf } from "../../functions/src/identity/permissions.ts";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { rotationJob } from "../../functions/src/rotation/rotation-job.ts";
import { startRotation } from "../../functions/src/rotation/start-rotation.ts";
import { leavesOf } from "../support/audit-log.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { createWorld, staffActor, type World } from "../support/world.ts";

describe("the rotation of a tenant's keys", () => {
  let deps: TestDeps;
  let world: World;
  const leads = personalCollections.find((entry) => entry.name === "leads");
  const drain = () =>
    deps.publisher.drain({
      "rotation-steps": (payload, delivery) => runJob(deps, rotationJob, stepMessage.parse(payload), delivery),
    });
  const read = async () => (leads === undefined ? [] : world.readableRecords("alice", leads));
  const pass = async (seconds: number) => {
    deps.clock.advance(seconds);
    await resumeStalledJobs(deps);
    await drain();
  };
  const owner = () =>
    ({
      kind: "staff",
      tenantId: world.tenantId,
      actor: staffActor,
      role: "owner",
      permissions: permissionsOf.owner,
    }) as const;
  const versions = async () => {
    const record = await findTenantKeyRecord(deps.stores, world.tenantId);
    return (record?.keys ?? []).filter((key) => key.purpose === "tenant").map((key) => key.version);
  };

  beforeAll(async () => {
    deps = testDeps();
    world = await createWorld(deps);
    await world.addPerson("alice");
  });
  afterAll(() => deps.close());

  it("wraps every person's key anew while what they sealed stays readable, and destroys the old key after the backups", async () => {
    const before = await read();
    const jobId = await startRotation(deps, owner());
    expect(await startRotation(deps, owner())).toBe(jobId);
    await drain();
    expect(await versions()).toEqual([1, 2]);
    expect(await read()).toEqual(before);
    await pass(400);
    const deks = await deps.stores.keys.collection(`tenants/${world.tenantId}/deks`).get();
    expect(deks.docs.map((dek) => dek.get("tenantKeyVersion") as number)).toEqual([2]);
    expect(await versions()).toEqual([1, 2]);
    await pass(9 * 86_400);
    expect((await findJob(deps.stores, world.tenantId, jobId))?.state).toBe("done");
    expect(await versions()).toEqual([2]);
    deps.keyCache.forget("");
    expect(await read()).toEqual(before);
  });

  it("leaves another rotation's newer key, which other instances wrap with already", async () => {
    const [oldest = 0] = await versions();
    const first = await startRotation(deps, owner());
    await drain();
    await pass(400);
    await pass(8 * 86_400 - 500);
    const elsewhere = { ...deps, stores: deps.stores, keyCache: new KeyCache(deps.clock) };
    await tenantKey(elsewhere, world.tenantId, "tenant");
    const second = await startRotation(deps, owner());
    await drain();
    expect(await versions()).toEqual([oldest, oldest + 1, oldest + 2]);
    await pass(120);
    expect((await findJob(deps.stores, world.tenantId, first))?.state).toBe("done");
    expect(await versions()).toEqual([oldest + 1, oldest + 2]);
    const place = { collection: "deks", tenantId: world.tenantId, subjectId: "latecomer00000000000" } as const;
    await createKey(elsewhere, place);
    deps.keyCache.forget("");
    await expect(keyAt(deps, place)).resolves.toBeDefined();
    await pass(400);
    await pass(9 * 86_400);
    expect((await findJob(deps.stores, world.tenantId, second))?.state).toBe("done");
    expect(await versions()).toEqual([oldest + 2]);
    deps.keyCache.forget("");
    await expect(keyAt(deps, place)).resolves.toBeDefined();
    const outcomes = (await leavesOf(deps, world.tenantId))
      .filter(({ action, outcome }) => action === "keys-rotated" && outcome === "success")
      .map(({ metadata }) => metadata.retired);
    expect(outcomes).toEqual([1, 1, 1]);
  });

  it("answers that keys are unavailable while Cloud KMS is disabled, loses nothing, and heals", async () => {
    deps.kms.disable();
    deps.keyCache.forget("");
    await expect(createWorld(deps, "other")).rejects.toMatchObject({ code: "key-unavailable" });
    deps.kms.enable();
    expect(await read()).not.toEqual([]);
  });
});
