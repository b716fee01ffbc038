import { dekOf } from "../../functions/src/crypto/keyring.ts";
import { openField } from "../../functions/src/crypto/sealed-fields.ts";
import { createTenantKeys } from "../../functions/src/crypto/tenant-keys.ts";
import { exportJob } from "../../functions/src/exports/export-job.ts";
import { type PersonalCollection, pageOfRecords } from "../../functions/src/inventory/subject-records.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { addPersonTo, plainSealed, subjectIdOf } from "./person-records.ts";
import type { TestDeps } from "./test-deps.ts";
import { tenantIdOf } from "./test-deps.ts";

export { canaryOf, subjectIdOf } from "./person-records.ts";

/** A member of staff, for acts that need one. */
export const staffActor = { kind: "member", id: "staff1" } as const;

/** A tenant whose people have a record in every collection that the inventory declares as personal. */
export interface World {
  tenantId: string;
  deps: TestDeps;
  /** Adds a person with `records` records in each collection that may hold several. */
  addPerson(person: string, records?: number): Promise<void>;
  /** A person's readable records in one collection, sealed fields opened. */
  readableRecords(person: string, entry: PersonalCollection): Promise<unknown[]>;
  /** Delivers messages and lets time pass until no job has work left. */
  settle(): Promise<void>;
}

/** Makes a tenant with keys and nobody in it. */
export async function createWorld(deps: TestDeps, name = "world"): Promise<World> {
  const tenantId = tenantIdOf(name, deps.config.REGION);
  await createTenantKeys(deps, tenantId);
  await deps.stores.data.doc(`tenants/${tenantId}`).set({
    name,
    website: "https://world.example",
    privacyContact: { name: "Ada", email: "privacy@world.example" },
    plan: "trial",
    status: "active",
    retention: {},
    createdAt: deps.clock.now(),
    updatedAt: deps.clock.now(),
  });
  const world: World = {
    tenantId,
    deps,
    async addPerson(person, records = 2) {
      await addPersonTo(deps, tenantId, person, () => records);
    },
    async readableRecords(person, entry) {
      const scope = { tenantId, subjectId: subjectIdOf(person) };
      const { records } = await pageOfRecords(deps.stores, entry, scope, { limit: 1_000 });
      const dek = await dekOf(deps, scope).catch(() => undefined);
      return records.map(({ path, data }) => {
        const opened = plainSealed(entry).flatMap((field) => {
          const value = data[field];
          return dek !== undefined && value instanceof Uint8Array ? [[field, openField(dek, path, field, value)]] : [];
        });
        return { path, ...data, ...Object.fromEntries(opened) };
      });
    },
    settle: () => settleJobs(deps, tenantId),
  };
  return world;
}

/** Delivers messages of one tenant and lets time pass until no job has work left. */
export async function settleJobs(deps: Deps & Pick<TestDeps, "clock" | "publisher">, tenantId: string): Promise<void> {
  const handlers = {
    "erasure-steps": (payload: unknown, delivery: Parameters<typeof runJob>[3]) =>
      runJob(deps, erasureJob, stepMessage.parse(payload), delivery),
    "export-steps": (payload: unknown, delivery: Parameters<typeof runJob>[3]) =>
      runJob(deps, exportJob, stepMessage.parse(payload), delivery),
    "ledger-nudges": async () => void (await sequence(deps, tenantId, "test", deps.clock.now())),
  };
  for (let round = 0; round < 8; round += 1) {
    await deps.publisher.drain(handlers);
    deps.clock.advance(400);
    await resumeStalledJobs(deps);
  }
  await deps.publisher.drain(handlers);
}
