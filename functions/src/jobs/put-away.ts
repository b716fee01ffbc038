import { isFinished, type Job, type JobDeps, type JobKind } from "./job.ts";
import { changeJob } from "./store.ts";
import { isDeserted, putAway } from "./transitions.ts";

/** Whether a job was cancelled or has failed, and what it made is still to be put away. */
export function isToPutAway(job: Job): boolean {
  return isFinished(job) && job.wakeAt !== undefined;
}

/**
 * Lets a kind remove what a job of it has made that was cancelled or has failed. Until that is done the job cannot be
 * retried; then a retry begins at the first step, since nothing of the others is left. Whoever ran a cancelled job may
 * write a little more, so that one is put away once more after their lease. Safe to repeat.
 */
export async function putAwayJob<Deps extends JobDeps>(deps: Deps, kind: JobKind<Deps>, job: Job): Promise<void> {
  await kind.ended?.(deps, job);
  const now = deps.clock.now();
  // What it made is gone. If we die here, resume-stalled-jobs publishes the job, and this is called again.
  await changeJob(deps.stores, { tenantId: job.tenantId, jobId: job.id }, (stored) =>
    isToPutAway(stored) && stored.revision === job.revision && isDeserted(stored, now) ? putAway(stored, kind) : stored,
  );
}
