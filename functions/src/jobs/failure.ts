import { AppError, errorKinds } from "../platform/errors.ts";
import type { Failure } from "./job.ts";

/** What a person may do about a failure, by code. A code without a line gets the general sentence and may be retried. */
const reasons: Readonly<Record<string, { reason: string; retryable: boolean }>> = {
  "already-exists": { reason: "What this job makes exists already.", retryable: false },
  "ciphertext-invalid": {
    reason: "A stored record does not open with its key. Retry; if it fails again, ask support with the job's id.",
    retryable: true,
  },
  "document-malformed": {
    reason: "A stored document cannot be read. Replace or remove it, then retry.",
    retryable: true,
  },
  forbidden: { reason: "This is not allowed any more. Ask an owner of the account.", retryable: false },
  "input-invalid": {
    reason: "What the job was asked to do is not valid. Start it again with other input.",
    retryable: false,
  },
  "input-not-supported": { reason: "This kind of file is not supported. Upload another one.", retryable: false },
  "input-too-large": {
    reason: "This is larger than what can be processed. Split it and start again.",
    retryable: false,
  },
  "key-unavailable": {
    reason: "The encryption key could not be used. Enable it in Cloud KMS, then retry; nothing is lost.",
    retryable: true,
  },
  "legal-hold": { reason: "A legal hold covers part of the data. Lift the hold, then retry.", retryable: true },
  "model-unavailable": { reason: "The model could not be reached. Retry later.", retryable: true },
  "not-found": { reason: "What the job is about does not exist any more.", retryable: false },
  "rate-limited": { reason: "A provider's limit was reached. Retry later.", retryable: true },
  "recipient-unanswered": {
    reason:
      "The endpoint of your own software did not take the message for three days. Repair it, then retry within 30 days.",
    retryable: true,
  },
  "residue-found": {
    reason: "The last search still found data that must be gone. Retry: the job deletes and searches again.",
    retryable: true,
  },
  "step-unknown": {
    reason: "The deployed version does not know the job's next step. Retry once the deployment is complete.",
    retryable: true,
  },
  "store-unavailable": { reason: "Storage or another service could not be reached. Retry later.", retryable: true },
  "subject-erased": { reason: "The person was erased in the meantime.", retryable: false },
  "subject-frozen": { reason: "The person's data is being erased.", retryable: false },
  "tenant-closed": { reason: "The account is closed.", retryable: false },
  "no-answer": {
    reason:
      "The step ended without an answer, most likely for lack of memory or time. Retry; if it fails again, ask support with the job's id.",
    retryable: true,
  },
};

const general = "The step could not be completed. Retry; if it fails again, ask support with the job's id.";

/** Whether another try may help: everything but an AppError that says no. */
export function mayRetry(error: unknown): boolean {
  return !(error instanceof AppError) || errorKinds[error.code].retry;
}

/**
 * Why a job failed, in words that a person can act on.
 *
 * @param step - the step that failed.
 * @param attempts - how often it was tried, when that is why it was given up.
 */
export function failureOf(code: string, step: string, attempts?: number): Failure {
  const { reason, retryable } = reasons[code] ?? { reason: general, retryable: true };
  if (attempts === undefined) return { code, reason, step, retryable };
  const times = attempts === 1 ? "once" : `${attempts} times`;
  // Given up for a passing cause, or for one that nobody knows: the person may know that it has passed.
  return { code, reason: `Tried ${times} and given up. ${reason}`, step, retryable: true };
}
