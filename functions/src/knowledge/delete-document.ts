import type { Staff } from "../identity/caller.ts";
import { priorities } from "../jobs/job.ts";
import { createJob, publishJob } from "../jobs/jobs.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { KnowledgeDocument } from "./document.ts";
import { removeUnused } from "./remove-unused-step.ts";
import { hideChunks, readDocument, saveDocument } from "./store.ts";

/** Passages hidden in one write, and how often: 5,000 of them, several times what a megabyte of prose makes. */
const batchSize = 500;
const mostBatches = 10;

/**
 * Deletes a document: its passages, its files and its record, by a job. Repeating the call while the job runs changes
 * nothing.
 *
 * @returns the document; `jobId` is the job. Its first 5,000 passages are hidden by then: what is asked later is not
 * answered from them.
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
  // No step publishes a passage of a document that is being deleted, so that what is hidden stays so; the job deletes
  // what this leaves.
  for (let batches = 0; batches < mostBatches; batches += 1) {
    if ((await hideChunks(deps.stores, { tenantId, documentId }, batchSize)) < batchSize) break;
  }
  await publishJob(deps, { tenantId, id: document.jobId, kind: "knowledge" });
  return document;
}
