import { countStaleKeys, retireTenantKeys, rewrapPage } from "../crypto/rewrap-keys.ts";
import { rewrapTenantKeys, startTenantKeyVersion } from "../crypto/rotate-tenant-keys.ts";
import type { JobKind, JobStep } from "../jobs/job.ts";
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
    await startTenantKeyVersion(deps, job.tenantId, job.createdAt);
    await rewrapTenantKeys(deps, job.tenantId);
    return { done: true };
  },
};

const waitForCaches: JobStep<Deps> = {
  name: "wait-for-caches",
  run(deps, { job }) {
    const until = new Date(job.createdAt.getTime() + cacheMs);
    return Promise.resolve(deps.clock.now() >= until ? { done: true } : { waitUntil: until });
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

/** Destroys the old tenant key once the backups that need it are gone, and nothing live does. */
const retire: JobStep<Deps> = {
  name: "retire",
  async run(deps, { job, cursor }) {
    const until = destroyableFrom(job.createdAt);
    if (deps.clock.now() < until) return { waitUntil: until };
    if ((await countStaleKeys(deps, job.tenantId)) > 0) {
      const from = { collection: cursor?.collection, after: cursor?.after };
      const page = await rewrapPage(deps, job.tenantId, from, pageSize);
      return { next: page.next ?? { again: true }, counts: { keys: page.rewrapped } };
    }
    const retired = await retireTenantKeys(deps, job.tenantId);
    const audit = await auditContext(deps, job.tenantId);
    await deps.stores.data.runTransaction(async (tx) => {
      await Promise.resolve();
      appendEntry(tx, audit, {
        action: "keys-rotated",
        actor: { kind: "system", id: "rotation-step" },
        targets: [{ kind: "job", id: job.id }],
        outcome: "success",
        metadata: { rewrapped: job.counts.keys ?? 0, retired },
      });
    });
    return { done: true, counts: { retired } };
  },
};

/** A new tenant key while chat goes on. @see NIST SP 800-57 Part 1 §5.3.6 (cryptoperiods) */
export const rotationJob: JobKind<Deps> = {
  name: "rotation",
  topic: "rotation-steps",
  steps: [addVersion, waitForCaches, rewrap, retire],
  isCancellable: () => false,
};
