import { createHash } from "node:crypto";
import { idempotentId } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { type Job, priorities } from "../jobs/job.ts";
import { createJob, findJob, findJobIn, publishJob } from "../jobs/jobs.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import { assertAccountActive } from "../tenants/assert-account-active.ts";
import { filePath, type KnowledgeDocument } from "./document.ts";
import { readUpload, type Upload } from "./read-upload.ts";
import { findDocument, findDocumentByFileName, readDocumentByFileName, saveDocument } from "./store.ts";

/**
 * Takes a document for the agent to answer from; a job cuts and embeds it. A file of a known name replaces that
 * document, whose old passages stay in use until the new ones are there; a document that is being deleted gives its name
 * up. Repeating the call with the same key returns the document that the first call made.
 *
 * @param source - the conversation it was taken from; without one it is the business's own, whatever it was before.
 * @returns the document; `jobId` is the job.
 * @throws AppError `input-not-supported`, `input-too-large`, `input-invalid` as `readUpload` does, `already-exists` when
 * an upload meets another one of that name, which counts, or its deletion; `not-found` when what the first call made is
 * deleted; `store-unavailable`.
 */
export async function uploadDocument(
  deps: Deps,
  staff: Staff,
  upload: Upload,
  idempotencyKey: string,
  source?: { subjectId: string; conversationId: string },
): Promise<KnowledgeDocument> {
  const { tenantId, actor } = staff;
  await assertAccountActive(deps, tenantId);
  const file = readUpload(upload);
  const jobId = await idempotentId(deps, tenantId, "knowledge-upload", actor.id, idempotencyKey);
  const [audit, known, earlier] = await Promise.all([
    auditContext(deps, tenantId, source?.subjectId),
    findDocumentByFileName(deps.stores, tenantId, file.fileName),
    findJob(deps.stores, tenantId, jobId),
  ]);
  if (earlier !== undefined) return getUploaded(deps, earlier);
  const now = deps.clock.now();
  const id = known?.id ?? jobId;
  const version = (known?.version ?? 0) + 1;
  const fresh = { id, tenantId, state: "processing" as const, liveVersion: 0, chunkCount: 0, createdAt: now };
  // The file first: a record without its file could not be worked on. Left alone, it lies where a repeat writes it again.
  await deps.buckets.write("knowledge", filePath(fresh, version), upload.bytes, file.contentType);
  const sha256 = createHash("sha256").update(upload.bytes).digest("hex");
  const document = await deps.stores.data.runTransaction(async (tx): Promise<KnowledgeDocument> => {
    const [stored, job] = await Promise.all([
      readDocumentByFileName(tx, deps.stores, tenantId, file.fileName),
      findJobIn(tx, deps.stores, tenantId, jobId),
      source === undefined ? undefined : assertWritable(tx, deps.stores, { tenantId, subjectId: source.subjectId }),
    ]);
    if (job !== undefined && stored !== undefined) return stored;
    if (stored?.id !== known?.id || stored?.version !== known?.version) {
      throw new AppError(
        "already-exists",
        `document ${stored?.id ?? id} was made, replaced or deleted at the same time`,
      );
    }
    const sizeBytes = upload.bytes.length;
    const changed: KnowledgeDocument = {
      ...(stored === undefined ? fresh : withoutSource(stored)),
      ...(stored?.state === "review" ? { state: "processing" as const } : {}),
      ...(source === undefined
        ? {}
        : { fromChat: true, sourceSubjectId: source.subjectId, sourceConversationId: source.conversationId }),
      ...file,
      sizeBytes,
      sha256,
      version,
      jobId,
      updatedAt: now,
    };
    saveDocument(tx, deps.stores, changed);
    createJob(tx, deps.stores, {
      id: jobId,
      tenantId,
      kind: "knowledge",
      targets: { documentId: id },
      priority: priorities.interactive,
      requestedBy: { kind: actor.kind, id: actor.id },
      createdAt: now,
    });
    appendEntry(tx, audit, {
      action: "knowledge-uploaded",
      actor,
      ...(source === undefined ? {} : { personalTargets: [{ kind: "conversation", id: source.conversationId }] }),
      targets: [{ kind: "document", id }],
      outcome: "success",
      // A digest of what may hold a person's words would outlive them.
      metadata: source === undefined ? { sha256, sizeBytes, version } : { source: "chat", sizeBytes, version },
    });
    return changed;
  });
  // Durable: the document, its job and its entry. If we die before publishing, resume-stalled-jobs publishes.
  await publishJob(deps, { tenantId, id: jobId, kind: "knowledge" });
  return document;
}

/** What an earlier call of the same key made. */
async function getUploaded(deps: Deps, { tenantId, targets }: Job): Promise<KnowledgeDocument> {
  const documentId = targets.documentId ?? "";
  const document = await findDocument(deps.stores, { tenantId, documentId });
  if (document === undefined) throw new AppError("not-found", `document ${documentId} was deleted`);
  return document;
}

function withoutSource(document: KnowledgeDocument): KnowledgeDocument {
  const { sourceSubjectId: _person, sourceConversationId: _conversation, ...rest } = document;
  return rest;
}
