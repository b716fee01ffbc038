import type { JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { findTombstone } from "../store.ts";

/** A turn's lease, longer than its time limit. */
const turnSeconds = 90;
/** The longest that an unwrapped key stays in the memory of any instance. */
const keyLifetimeSeconds = 300;

/** Waits until no turn begun before the freeze still runs and no instance still remembers the key. */
export const waitForCaches: JobStep<Deps> = {
  name: "wait-for-caches",
  async run(deps, { job }) {
    const tombstone = await findTombstone(deps.stores, job.tenantId, job.id);
    const since = tombstone?.keyDestroyedAt ?? job.createdAt;
    const waitUntil = new Date(since.getTime() + (turnSeconds + keyLifetimeSeconds) * 1000);
    return deps.clock.now() >= waitUntil ? { done: true } : { waitUntil };
  },
};
