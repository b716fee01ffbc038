import { idempotentId } from "../crypto/blind-index.ts";
import type { Actor } from "../identity/caller.ts";
import { documentRef } from "../inventory/collections.ts";
import { publishJob } from "../jobs/jobs.ts";
import { auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { fileRequest } from "../subject-requests/file-request.ts";
import { createExportIn } from "./create-export-in.ts";
import { findExport } from "./store.ts";

export interface RequestedExport {
  exportId: string;
  jobId: string;
}

/**
 * Starts the export of one person, or of the whole account when no person is named.
 * The same idempotency key returns the same export. A person's is filed as a request for access, answered once the export
 * can be fetched.
 *
 * @param actor - who asked; the caller has authorized them.
 * @param what.reason - why, in words; the audit trail keeps it under the person's key, or the tenant's for an account.
 * @throws AppError `not-found` for a person who does not exist or is erased; `subject-frozen` while one is being erased.
 * @see GDPR Art. 15(3), 20
 */
export async function requestExport(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  what: { subjectId?: string; format: "json" | "bag"; reason?: string },
  idempotencyKey: string,
): Promise<RequestedExport> {
  const { subjectId, format, reason } = what;
  const exportId = await idempotentId(deps, tenantId, "export", `${actor.kind}/${actor.id}`, idempotencyKey);
  if ((await findExport(deps.stores, tenantId, exportId)) !== undefined) return { exportId, jobId: exportId };
  const audit = await auditContext(deps, tenantId, subjectId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased")
      throw new AppError("not-found", `no subject ${subjectId}`);
    throw error;
  });
  const createdAt = deps.clock.now();
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const ref = documentRef(deps.stores, "exports", { tenantId, exportId });
    const subjectRef =
      subjectId === undefined ? undefined : documentRef(deps.stores, "subjects", { tenantId, subjectId });
    const [existing, subject] = await Promise.all([
      tx.get(ref),
      subjectRef === undefined ? undefined : tx.get(subjectRef),
    ]);
    if (existing.exists) return undefined;
    if (subject !== undefined && !subject.exists) throw new AppError("not-found", `no subject ${subjectId}`);
    if (subject?.get("state") === "erasing")
      throw new AppError("subject-frozen", `subject ${subjectId} is being erased`);
    if (subjectId !== undefined) {
      const asked = { requestId: exportId, jobId: exportId, tenantId, subjectId, actor, reason, receivedAt: createdAt };
      fileRequest(tx, deps, audit, { ...asked, kind: "access" });
    }
    const made = { exportId, tenantId, actor, subjectId, format, reason, createdAt };
    return createExportIn(tx, deps, audit, made);
  });
  // Durable now: the export, its job and its audit entry. resume-stalled-jobs publishes if we stop here.
  if (job !== undefined) await publishJob(deps, job);
  return { exportId, jobId: exportId };
}
