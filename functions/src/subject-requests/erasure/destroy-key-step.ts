import { dekOf } from "../../crypto/keyring.ts";
import type { Job, JobStep } from "../../jobs/job.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { destroyEvidence } from "../reseal-held.ts";
import { destroyPersonKey } from "../scratch.ts";
import { findJobInput, findTombstoneIn, updateTombstone } from "../store.ts";
import { holdsOf } from "./held-by-job.ts";
import { scopeOfJob } from "./scope.ts";

/**
 * Destroys the person's wrapped key, or the keys of items whose hold is over, then records that it is done. The intent
 * stands in the request's entry; a crash between the two lines repeats the step, which destroys what is already gone and
 * records once.
 */
export const destroyKeyStep: JobStep<Deps> = {
  name: "destroy-key",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    const scope = scopeOfJob(job);
    if (scope.kind !== "person") return { done: true };
    const counts = await destroyKeys(deps, job, { tenantId, subjectId: scope.subjectId });
    // The keys are gone for good now. If we stop here, the entry below is written by the repeat.
    const audit = await auditContext(deps, tenantId);
    const keyDestroyedAt = deps.clock.now();
    await deps.stores.data.runTransaction(async (tx) => {
      const tombstone = await findTombstoneIn(tx, deps.stores, tenantId, id);
      if (tombstone === undefined || tombstone.keyDestroyedAt !== undefined) return;
      updateTombstone(tx, deps.stores, { id, tenantId }, { keyDestroyedAt });
      appendEntry(tx, audit, {
        action: "key-destroyed",
        actor: { kind: "system", id: "erasure-step" },
        targets: [{ kind: "job", id }],
        outcome: "success",
      });
    });
    return { done: true, counts };
  },
};

/** @returns how many of each kind; the person's own key counts for the erasure that was asked for, whoever destroyed it. */
async function destroyKeys(
  deps: Deps,
  job: Job,
  subject: { tenantId: string; subjectId: string },
): Promise<Record<string, number>> {
  if (job.targets.holdId !== undefined)
    return { evidence: await destroyEvidence(deps, subject, await holdsOf(deps, job)) };
  const [dek, input] = await Promise.all([
    dekOf(deps, subject).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "subject-erased") return undefined;
      throw error;
    }),
    findJobInput(deps.stores, job.tenantId, job.id),
  ]);
  await destroyPersonKey(deps, { ...subject, jobId: job.id }, dek, input !== undefined);
  return { deks: 1 };
}
