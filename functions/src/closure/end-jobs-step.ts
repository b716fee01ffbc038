import { endJobs } from "../jobs/end-jobs.ts";
import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";

/** How long erasures under way are waited for: their persons are owed a notice of their own. */
const patienceMs = 2 * 3_600_000;
/** How often they are looked at meanwhile. */
const lookMs = 60_000;

/**
 * Ends every other job of the account, and waits for erasures, which tell their person that they are done; after two
 * hours they end too, since the account's own deletion has a day to keep.
 */
export const endOtherJobs: JobStep<Deps> = {
  name: "end-jobs",
  async run(deps, { job }) {
    const now = deps.clock.now();
    const isPatient = now.getTime() < job.createdAt.getTime() + patienceMs;
    const { ended, spared } = await endJobs(
      deps,
      job.tenantId,
      ({ id, kind }) => id === job.id || (isPatient && kind === "erasure"),
    );
    const counts = { jobsEnded: ended };
    // The job itself is one of those that were spared.
    if (spared > 1) return { waitUntil: new Date(now.getTime() + lookMs), counts };
    return { done: true, counts };
  },
};
