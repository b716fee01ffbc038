import type { Staff } from "../identity/caller.ts";
import { priorities } from "../jobs/job.ts";
import { createJob, publishJob } from "../jobs/jobs.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { KnowledgeDocument } from "./document.ts";
import { removeUnused } from "./remove-unused-step.ts";
import { readDocument, saveDocument } from "./store.ts";

/**
 * Deletes a document: its passages, its files and its record, by a job. Repeating the call while the job runs changes
 * nothing.
 *
 * @returns the document; `jobId` is the job.
 * @throws AppError `not-found`.
 */
export async function deleteDocument(deps: Deps, staff: Staff, documentId: string): Promise<KnowledgeDocument> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  const jobId = deps.ids.next();
  const document = await deps.stores.data.runTransaction(async (tx) => {
    const stored = await readDocument(tx, deps.stores, { tenantId, documentId });
    if (stored === undefined) throw new AppError("not-found", `no document ${documentId}`);
    if (stored.state === "deleting") return stored;
    const changed: KnowledgeDocument = { ...stored, state: "deleting", jobId, updatedAt: now };
    saveDocument(tx, deps.stores, changed);
    createJob(tx, deps.stores, {
      id: jobId,
      tenantId,
      kind: "knowledge",
      step: removeUnused.name,
      targets: { documentId },
      priority: priorities.interactive,
      requestedBy: { kind: actor.kind, id: actor.id },
      createdAt: now,
    });
    const targets = [{ kind: "document", id: documentId }];
    appendEntry(tx, audit, { action: "knowledge-deleted", actor, targets, outcome: "success" });
    return changed;
  });
  // Durable: the intent, its job and its entry. If we die before publishing, resume-stalled-jobs publishes.
  await publishJob(deps, { tenantId, id: document.jobId, kind: "knowledge" });
  return document;
}
