import type { Transaction } from "@google-cloud/firestore";
import { removeStrayExports } from "../../exports/remove-stray-exports.ts";
import { withdrawAccountExports, withdrawExportsOfPerson } from "../../exports/withdraw-exports.ts";
import type { JobStep, StepResult, StepRun } from "../../jobs/job.ts";
import { addToCounts } from "../../jobs/jobs.ts";
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
  const counting = (name: string) => (tx: Transaction) =>
    addToCounts(tx, deps.stores, { tenantId, jobId: job.id }, { [name]: 1 });
  const own = await withdrawExportsOfPerson(deps, { tenantId, subjectId }, counting("exportFiles"));
  const accounts = await withdrawAccountExports(deps, tenantId, counting("accountExports"));
  log.info("deleted exports", { jobId: job.id, count: own + accounts });
  return { done: true };
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
    await withdraw(deps, run);
    const strays = await removeStrayExports(deps, run.job.tenantId);
    return { done: true, counts: { exportFiles: strays } };
  },
};
