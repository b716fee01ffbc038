import { countStaleKeys, countVersionsBefore, retireTenantKeys, rewrapPage } from "../crypto/rewrap-keys.ts";
import { findRotatedVersion, rewrapTenantKeys, startTenantKeyVersion } from "../crypto/rotate-tenant-keys.ts";
import type { Job, JobKind, JobStep, StepResult } from "../jobs/job.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { destroyableFrom } from "./schedule.ts";

const minuteMs = 60_000;
/** Instances remember the newest key for five minutes; until then some still wrap with the old one. */
const cacheMs = 6 * minuteMs;
const pageSize = 200;

/** Makes the new tenant key, and wraps all keys of the tenant under Cloud KMS's current version. */
const addVersion: JobStep<Deps> = {
  name: "add-version",
  async run(deps, { job }) {
    await startTenantKeyVersion(deps, job.tenantId, job.id);
    await rewrapTenantKeys(deps, job.tenantId);
    return { done: true };
  },
};

const waitForCaches: JobStep<Deps> = {
  name: "wait-for-caches",
  async run(deps, { job }) {
    const own = await findRotatedVersion(deps, job.tenantId, job.id);
    const until = new Date((own?.createdAt ?? job.createdAt).getTime() + cacheMs);
    return deps.clock.now() >= until ? { done: true } : { waitUntil: until };
  },
};

/** Wraps the keys of persons, jobs and kept items under the new tenant key; what they sealed stays as it is. */
const rewrap: JobStep<Deps> = {
  name: "rewrap",
  async run(deps, { job, cursor }) {
    const from = { collection: cursor?.collection, after: cursor?.after };
    const page = await rewrapPage(deps, job.tenantId, from, pageSize);
    const counts = page.rewrapped === 0 ? {} : { keys: page.rewrapped };
    return page.next === undefined ? { done: true, counts } : { next: page.next, counts };
  },
};

/**
 * Destroys the tenant keys older than this rotation's own once the backups that need them are gone, and nothing live
 * does. How many is saved before they go, and recorded with the step's end: a repeat counts and records the same.
 */
const retire: JobStep<Deps> = {
  name: "retire",
  async run(deps, { job, cursor }) {
    const { tenantId } = job;
    const own = await findRotatedVersion(deps, tenantId, job.id);
    // A later rotation destroyed it, and with it whatever is older.
    if (own === undefined) return recorded(deps, job, 0);
    const until = destroyableFrom(own.createdAt);
    if (deps.clock.now() < until) return { waitUntil: until };
    if (typeof cursor?.retiring === "number") {
      await retireTenantKeys(deps, tenantId, own.version);
      return recorded(deps, job, cursor.retiring);
    }
    if ((await countStaleKeys(deps, tenantId, own.version)) > 0) {
      const from = { collection: cursor?.collection, after: cursor?.after };
      const page = await rewrapPage(deps, tenantId, from, pageSize);
      return { next: page.next ?? { again: true }, counts: { keys: page.rewrapped } };
    }
    return { next: { retiring: await countVersionsBefore(deps, tenantId, own.version) } };
  },
};

async function recorded(deps: Deps, job: Job, retired: number): Promise<StepResult> {
  const audit = await auditContext(deps, job.tenantId);
  return {
    done: true,
    counts: { retired },
    beside: (tx) => {
      appendEntry(tx, audit, {
        action: "keys-rotated",
        actor: { kind: "system", id: "rotation-step" },
        targets: [{ kind: "job", id: job.id }],
        outcome: "success",
        metadata: { rewrapped: job.counts.keys ?? 0, retired },
      });
    },
  };
}

/** A new tenant key while chat goes on. @see NIST SP 800-57 Part 1 §5.3.6 (cryptoperiods) */
export const rotationJob: JobKind<Deps> = {
  name: "rotation",
  topic: "rotation-steps",
  steps: [addVersion, waitForCaches, rewrap, retire],
  isCancellable: () => false,
};
