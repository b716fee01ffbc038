import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import { type AuditEvent, appendEntry, auditContext } from "../ledger/append-entry.ts";
import { isFinished, type Job, type JobDeps } from "./job.ts";
import { createJob, findJobIn, type NewJob, publishJob } from "./jobs.ts";

/**
 * Makes a job with its audit entry and asks for its first step, for callers that write nothing else beside it.
 *
 * @param input - with an id made of an idempotency key, a repeated call returns the first one's job, whatever its state.
 * @param event - the act as the audit trail names it.
 * @param subjectId - the person concerned, or undefined.
 * @throws AppError `key-unavailable`: what cannot be audited does not start.
 */
export async function startJob(
  deps: JobDeps & CryptoDeps,
  input: NewJob,
  event: AuditEvent,
  subjectId?: string,
): Promise<Job> {
  const audit = await auditContext(deps, input.tenantId, subjectId);
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const existing = await findJobIn(tx, deps.stores, input.tenantId, input.id);
    if (existing !== undefined) return existing;
    appendEntry(tx, audit, event);
    return createJob(tx, deps.stores, input);
  });
  // Durable: the job and its entry. If we die before publishing, resume-stalled-jobs publishes.
  if (!isFinished(job)) await publishJob(deps, job);
  return job;
}
