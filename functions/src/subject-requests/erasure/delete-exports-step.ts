import { removeStrayExports } from "../../exports/remove-stray-exports.ts";
import { withdrawAccountExports, withdrawExportsOfPerson } from "../../exports/withdraw-exports.ts";
import type { JobStep, StepResult, StepRun } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { log } from "../../platform/log.ts";
import { scopeOfJob } from "./scope.ts";

/**
 * Withdraws exports that hold what is erased: the person's own, and whole-account ones. Each can be made again without it;
 * one that is being built ends at its next step, whatever it has collected.
 */
async function withdraw(deps: Deps, { job }: StepRun): Promise<StepResult> {
  const { tenantId } = job;
  const { subjectId } = scopeOfJob(job);
  const exportFiles = await withdrawExportsOfPerson(deps, { tenantId, subjectId });
  const accountExports = await withdrawAccountExports(deps, tenantId);
  log.info("deleted exports", { jobId: job.id, count: exportFiles + accountExports });
  return { done: true, counts: { exportFiles, accountExports } };
}

/** Deletes export files before the records go; a person's entries of them go with the records. */
export const deleteExports: JobStep<Deps> = { name: "delete-exports", run: withdraw };

/**
 * The same again, once no build begun before the freeze still runs and no instance still remembers the key: whatever was
 * exported meanwhile, and files that a build wrote after its export was gone.
 */
export const deleteExportsAgain: JobStep<Deps> = {
  name: "delete-exports-again",
  async run(deps, run) {
    const { counts = {} } = await withdraw(deps, run);
    const strays = await removeStrayExports(deps, run.job.tenantId);
    return { done: true, counts: { ...counts, exportFiles: (counts.exportFiles ?? 0) + strays } };
  },
};
