import { findHeadOf } from "../conversations/find-head-of.ts";
import type { Staff } from "../identity/caller.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { KnowledgeDocument } from "./document.ts";
import { getDocument } from "./list-documents.ts";
import { uploadDocument } from "./upload-document.ts";

/** Bytes of a Markdown text under a heading of one line. */
function markdown(title: string, text: string): Uint8Array {
  return Buffer.from(`# ${title.replaceAll(/\s+/g, " ")}\n\n${text}\n`);
}

/**
 * Saves an answer that staff took from a conversation as a document to answer from. The person of the conversation is
 * recorded as its source: while that person is restricted, and once erased, retrieval passes over it until somebody has
 * reviewed it.
 *
 * @param answer - as staff edited it.
 * @returns the document; repeating the call with the same key returns the first one.
 * @throws AppError `not-found` for no such conversation, `subject-frozen`, `subject-erased`, and as `uploadDocument`.
 */
export async function saveAnswer(
  deps: Deps,
  staff: Staff,
  conversationId: string,
  answer: { title: string; text: string },
  idempotencyKey: string,
): Promise<KnowledgeDocument> {
  const { tenantId } = staff;
  const head = await findHeadOf(deps, { tenantId, conversationId });
  if (head === undefined) throw new AppError("not-found", `no conversation ${conversationId}`);
  const upload = {
    // The title is no name: two answers may have the same, and a name must not hold what a person wrote.
    fileName: `answer-${idempotencyKey}.md`,
    contentType: "text/markdown",
    bytes: markdown(answer.title, answer.text),
  };
  return uploadDocument(deps, staff, upload, idempotencyKey, { subjectId: head.subjectId, conversationId });
}

/**
 * Puts a reviewed text in place of a document that was saved from a conversation: it is the business's own from here on,
 * and no person's.
 *
 * @param text - without personal data, as the reviewer vouches.
 * @throws AppError `not-found`, `input-invalid` for a document that no conversation is the source of, and as
 * `uploadDocument`.
 */
export async function approveAnswer(
  deps: Deps,
  staff: Staff,
  documentId: string,
  text: string,
  idempotencyKey: string,
): Promise<KnowledgeDocument> {
  const document = await getDocument(deps, staff, documentId);
  const { fileName, contentType, fromChat, state } = document;
  if (state === "deleting") throw new AppError("not-found", `document ${documentId} is being deleted`);
  if (fromChat !== true)
    throw new AppError("input-invalid", `document ${documentId} was not saved from a conversation`);
  return uploadDocument(deps, staff, { fileName, contentType, bytes: Buffer.from(text) }, idempotencyKey);
}
