import type { Job, JobDeps, JobKindName } from "./job.ts";
import { publishJob } from "./messages.ts";
import { changeJob, listWaitingJobs } from "./store.ts";
import { awoken } from "./transitions.ts";

/**
 * Ends the wait of a tenant's jobs at one step, when what they wait for has happened. A job that is not saved as waiting
 * yet is missed, and `resume-stalled-jobs` wakes it; so does it when this dies in between.
 *
 * @returns how many were awoken.
 */
export async function wakeJobs(deps: JobDeps, tenantId: string, kind: JobKindName, step: string): Promise<number> {
  const waiting = await listWaitingJobs(deps.stores, tenantId, step);
  let woken = 0;
  for (const { id: jobId } of waiting.filter((job) => job.kind === kind)) {
    const now = deps.clock.now();
    const job = await changeJob(deps.stores, { tenantId, jobId }, (stored) => awoken(stored, step, now));
    if (!isAwake(job)) continue;
    await publishJob(deps, job);
    woken += 1;
  }
  return woken;
}

function isAwake(job: Job | undefined): job is Job {
  return job?.state === "queued";
}
