import type { Job, JobDeps } from "./job.ts";
import { changeJob, deleteJobRecord, listUnfinishedJobs } from "./store.ts";
import { finished } from "./transitions.ts";

export { deleteJobRecord };

const pageSize = 200;

/**
 * Ends a tenant's unfinished jobs, for an account that goes: a step that runs at this moment notices at its next save,
 * or when it asks `assertHeld`.
 *
 * @param isSpared - jobs that are left alone: the caller's own, and those that it waits for.
 * @returns how many were ended, and how many of the spared ones there are.
 */
export async function endJobs(
  deps: JobDeps,
  tenantId: string,
  isSpared: (job: Job) => boolean,
): Promise<{ ended: number; spared: number }> {
  let ended = 0;
  for (;;) {
    const open = await listUnfinishedJobs(deps.stores, tenantId, pageSize);
    const ending = open.filter((job) => !isSpared(job));
    for (const { id: jobId } of ending) await endJob(deps, tenantId, jobId);
    ended += ending.length;
    // A full page may hide others; those that were ended are not listed again.
    if (open.length < pageSize || ending.length === 0) return { ended, spared: open.length - ending.length };
  }
}

async function endJob(deps: JobDeps, tenantId: string, jobId: string): Promise<void> {
  const now = deps.clock.now();
  await changeJob(deps.stores, { tenantId, jobId }, (stored) =>
    stored.state === "queued" || stored.state === "running" || stored.state === "waiting"
      ? finished(stored, "cancelled", now)
      : stored,
  );
}
