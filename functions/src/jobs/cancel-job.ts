import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import { appendEntry, auditContext, type EntryActor } from "../ledger/append-entry.ts";
import { AppError } from "../platform/errors.ts";
import type { Job, JobDeps, JobKind } from "./job.ts";
import { publishJob } from "./messages.ts";
import { isToPutAway } from "./put-away.ts";
import { readJob, saveJobRecord } from "./store.ts";
import { cancelled } from "./transitions.ts";

/**
 * Cancels a job where its kind allows. A step that runs at this moment notices at its next save, or when it asks
 * `assertHeld` or `keepLease`; the kind's function then removes what it made, if it does so at all. A job that is
 * cancelled already is returned as it is.
 *
 * @param actor - who asked; the caller has authorized them.
 * @param isCancellable - the kind's own answer, asked inside the transaction.
 * @throws AppError `not-found`; `job-not-cancellable` for one that has ended, or that may not be stopped any more.
 */
export async function cancelJob(
  deps: JobDeps & CryptoDeps,
  tenantId: string,
  jobId: string,
  actor: EntryActor,
  isCancellable: JobKind<never>["isCancellable"],
): Promise<Job> {
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const stored = await readJob(tx, deps.stores, { tenantId, jobId });
    if (stored === undefined) throw new AppError("not-found", `no job ${jobId}`);
    if (stored.state === "cancelled") return stored;
    // A failed job may be cancelled too, so that nobody retries it.
    if (stored.state === "done" || !isCancellable(stored)) {
      throw new AppError("job-not-cancellable", `job ${jobId} is ${stored.state} at ${stored.step}`);
    }
    const next = cancelled(stored, now);
    saveJobRecord(tx, deps.stores, next);
    appendEntry(tx, audit, {
      action: "job-cancelled",
      actor,
      targets: [{ kind: "job", id: jobId }],
      outcome: "success",
      metadata: { kind: next.kind, step: next.step },
    });
    return next;
  });
  // Durable: nobody goes on with it. If we die before publishing, resume-stalled-jobs has it put away.
  if (isToPutAway(job)) await publishJob(deps, job);
  return job;
}
