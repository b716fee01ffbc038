import type { JobDeps } from "../jobs/job.ts";
import { wakeJobs } from "../jobs/wake-jobs.ts";

/** Wakes the exports of a tenant that wait for their entry in its log, after the log has grown. @returns how many. */
export function wakeExports(deps: JobDeps, tenantId: string): Promise<number> {
  return wakeJobs(deps, tenantId, "export", "prove");
}
