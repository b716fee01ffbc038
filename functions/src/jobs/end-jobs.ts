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
  const now = deps.clock.now();
  const open = await listUnfinishedJobs(deps.stores, tenantId, pageSize);
  const ending = open.filter((job) => !isSpared(job));
  for (const { id: jobId } of ending) {
    await changeJob(deps.stores, { tenantId, jobId }, (stored) =>
      stored.state === "queued" || stored.state === "running" || stored.state === "waiting"
        ? finished(stored, "cancelled", now)
        : stored,
    );
  }
  return { ended: ending.length, spared: open.length - ending.length };
}
