import type { JobDeps } from "../jobs/job.ts";
import { wakeJobs } from "../jobs/wake-jobs.ts";

/** Wakes the exports of a tenant that wait for its log, after the log has grown. @returns how many. */
export async function wakeExports(deps: JobDeps, tenantId: string): Promise<number> {
  const copying = await wakeJobs(deps, tenantId, "export", "copy-log");
  return copying + (await wakeJobs(deps, tenantId, "export", "prove"));
}
