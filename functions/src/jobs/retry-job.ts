import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import { appendEntry, auditContext, type EntryActor } from "../ledger/append-entry.ts";
import { AppError } from "../platform/errors.ts";
import { isFinished, type Job, type JobDeps } from "./job.ts";
import { publishJob } from "./messages.ts";
import { isToPutAway } from "./put-away.ts";
import { changeJob, readJob, saveJobRecord } from "./store.ts";
import { retried } from "./transitions.ts";

/**
 * Sets a failed job going again from where it failed: its step and cursor, or the shards that are not done; from its
 * first step where its kind has removed what it made.
 * A job that is under way already is returned as it is, so that two clicks are one retry.
 *
 * @param actor - who asked; the caller has authorized them.
 * @throws AppError `not-found`; `job-not-retryable` for one that is done, cancelled, or failed for good;
 * `job-conflict` in the moment in which what it made is put away.
 */
export async function retryJob(
  deps: JobDeps & CryptoDeps,
  tenantId: string,
  jobId: string,
  actor: EntryActor,
): Promise<Job> {
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const stored = await readJob(tx, deps.stores, { tenantId, jobId });
    if (stored === undefined) throw new AppError("not-found", `no job ${jobId}`);
    if (!isFinished(stored)) return stored;
    if (stored.failure?.retryable !== true) throw new AppError("job-not-retryable", `job ${jobId} is ${stored.state}`);
    if (isToPutAway(stored)) throw new AppError("job-conflict", `job ${jobId} is being put away`);
    const next = retried(stored, now);
    saveJobRecord(tx, deps.stores, next);
    appendEntry(tx, audit, {
      action: "job-retried",
      actor,
      targets: [{ kind: "job", id: jobId }],
      outcome: "success",
      metadata: { kind: next.kind, step: next.step, code: stored.failure.code },
    });
    return next;
  });
  // Durable: the retry and its entry. If we die before publishing, resume-stalled-jobs publishes.
  await publishJob(deps, job);
  return job;
}

/**
 * Sets a failed job going again where nobody of the account is left to ask for it, and no trail to write into: the
 * deletion of the account itself. A job that has not failed is left alone.
 *
 * @returns whether it had failed.
 */
export async function retryUnattended(deps: JobDeps, tenantId: string, jobId: string): Promise<boolean> {
  const now = deps.clock.now();
  const job = await changeJob(deps.stores, { tenantId, jobId }, (stored) =>
    stored.state === "failed" ? retried(stored, now) : stored,
  );
  if (job?.state !== "queued" && job?.state !== "running") return false;
  if (job.updatedAt.getTime() !== now.getTime()) return false;
  await publishJob(deps, job);
  return true;
}
