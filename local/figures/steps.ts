import type { Cursor, JobStep } from "../../functions/src/jobs/job.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";

/**
 * Runs one step of a job from its start to its end, without the engine's saves in between.
 *
 * @returns how often it ran and what it counted.
 */
export async function runStep(
  deps: Deps,
  step: JobStep<Deps>,
  at: { tenantId: string; jobId: string },
): Promise<{ runs: number; counts: Record<string, number> }> {
  const job = await findJob(deps.stores, at.tenantId, at.jobId);
  if (job === undefined) throw new Error(`there is no job ${at.jobId}`);
  const counts: Record<string, number> = {};
  let cursor: Cursor | undefined;
  for (let runs = 1; ; runs += 1) {
    const alone = { assertHeld: async () => undefined, keepLease: async () => undefined, outOfTime: () => false };
    const result = await step.run(deps, { job, cursor, ...alone });
    for (const [name, count] of Object.entries(result.counts ?? {})) counts[name] = (counts[name] ?? 0) + count;
    if (!("next" in result)) return { runs, counts };
    cursor = result.next;
  }
}
