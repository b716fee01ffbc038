import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { stateOf } from "../subjects/assert-writable.ts";
import { filePath, type KnowledgeDocument } from "./document.ts";
import { getDocument } from "./list-documents.ts";
import { decodeText } from "./read-upload.ts";
import { listFromChats } from "./store.ts";

/** A document that answers nothing until somebody reviews it, and why. */
export interface ForReview {
  document: KnowledgeDocument;
  reason: "erased" | "restricted";
}

/** Documents saved from conversations whose person is erased or restricted; at most 200 are looked at. */
export async function listForReview(deps: Pick<Deps, "stores">, staff: Staff): Promise<ForReview[]> {
  const { tenantId } = staff;
  const documents = await listFromChats(deps.stores, tenantId);
  const looked = await Promise.all(
    documents.map(async (document): Promise<ForReview[]> => {
      const { state, sourceSubjectId: subjectId } = document;
      if (state === "deleting" || (state !== "review" && subjectId === undefined)) return [];
      if (state === "review" || subjectId === undefined) return [{ document, reason: "erased" }];
      const person = await stateOf(deps.stores, { tenantId, subjectId });
      if (person === "active") return [];
      return [{ document, reason: person === "restricted" ? "restricted" : "erased" }];
    }),
  );
  return looked.flat();
}

/**
 * The newest text of a document, for whoever reviews it. That somebody looked is on record before anything is answered.
 *
 * @throws AppError `not-found`, `document-malformed` when its file is gone, `key-unavailable`.
 */
export async function readDocumentText(deps: Deps, staff: Staff, documentId: string): Promise<string> {
  const { tenantId, actor } = staff;
  const document = await getDocument(deps, staff, documentId);
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    const targets = [{ kind: "document", id: documentId }];
    appendEntry(tx, audit, { action: "knowledge-read", actor, targets, outcome: "success" });
  });
  const bytes = await deps.buckets.read("knowledge", filePath(document, document.version));
  if (bytes === undefined) throw new AppError("document-malformed", `document ${documentId} has no file`);
  return decodeText(bytes);
}
