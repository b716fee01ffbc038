import type { Cursor, Job, JobStep } from "../../functions/src/jobs/job.ts";
import { findJob, getJob, sum } from "../../functions/src/jobs/jobs.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";

/**
 * Runs one step of a job from its start to its end, without the engine's saves in between.
 *
 * @returns how often it ran and what it counted, in its results or beside what it counted.
 */
export async function runStep(
  deps: Deps,
  step: JobStep<Deps>,
  at: { tenantId: string; jobId: string },
): Promise<{ runs: number; counts: Record<string, number> }> {
  const job = await findJob(deps.stores, at.tenantId, at.jobId);
  if (job === undefined) throw new Error(`there is no job ${at.jobId}`);
  let counts: Record<string, number> = {};
  let cursor: Cursor | undefined;
  for (let runs = 1; ; runs += 1) {
    const alone = { assertHeld: async () => undefined, keepLease: async () => undefined, outOfTime: () => false };
    const result = await step.run(deps, { job, cursor, ...alone });
    counts = sum(counts, result.counts);
    if (!("next" in result)) return { runs, counts: sum(counts, await countedBeside(deps, job)) };
    cursor = result.next;
  }
}

async function countedBeside({ stores }: Deps, { tenantId, id, counts }: Job): Promise<Record<string, number>> {
  const stored = await getJob(stores, tenantId, id);
  return Object.fromEntries(Object.entries(stored.counts).map(([name, count]) => [name, count - (counts[name] ?? 0)]));
}
