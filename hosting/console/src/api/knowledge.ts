import type { Api } from "./api.ts";
import { pageOf } from "./conversations.ts";
import type { KnowledgeDocument, Page } from "./shapes.ts";

/** A page of documents that the agent answers from. */
export async function listDocuments(api: Api, cursor?: string, signal?: AbortSignal): Promise<Page<KnowledgeDocument>> {
  const answer = await api.get<{ documents: KnowledgeDocument[]; nextCursor?: string }>("/v1/documents", {
    query: { cursor },
    ...(signal === undefined ? {} : { signal }),
  });
  return pageOf(answer.documents, answer.nextCursor);
}

export interface NewDocument {
  /** A name that is known replaces that document. */
  fileName: string;
  contentType: "text/plain" | "text/markdown";
  text: string;
}

/** Hands over a document; it is in use once its job is done. */
export function uploadDocument(
  api: Api,
  document: NewDocument,
  idempotencyKey: string,
): Promise<{ documentId: string; jobId: string }> {
  return api.post("/v1/documents", { body: document, idempotencyKey });
}

/** A document, and why it waits for review where it does. */
export interface OpenDocument {
  document: KnowledgeDocument;
  /** Who it was saved from is erased or restricted, so that nothing is answered from it. */
  review: ReviewReason | undefined;
}

export type ReviewReason = "erased" | "restricted";

/** Documents saved from conversations that nothing is answered from until somebody has reviewed them. */
export async function listForReview(
  api: Api,
  signal?: AbortSignal,
): Promise<readonly { document: KnowledgeDocument; reason: ReviewReason }[]> {
  const options = signal === undefined ? {} : { signal };
  const answer = await api.get<{ documents: { document: KnowledgeDocument; reason: ReviewReason }[] }>(
    "/v1/documents/review",
    options,
  );
  return answer.documents;
}

/** One document without its text. */
export async function readDocument(api: Api, documentId: string, signal: AbortSignal): Promise<OpenDocument> {
  const { document } = await api.get<{ document: KnowledgeDocument }>(`/v1/documents/${documentId}`, { signal });
  const waiting = document.fromChat ? await listForReview(api, signal) : [];
  return { document, review: waiting.find((one) => one.document.documentId === documentId)?.reason };
}

/** The newest text of a document; audited. */
export async function readDocumentText(api: Api, documentId: string, signal: AbortSignal): Promise<string> {
  return (await api.get<{ text: string }>(`/v1/documents/${documentId}/text`, { signal })).text;
}

/**
 * Puts a text without personal data in place of one that was saved from a conversation: it is the business's own from
 * then on.
 */
export async function approveDocument(
  api: Api,
  documentId: string,
  text: string,
  idempotencyKey: string,
): Promise<void> {
  await api.put(`/v1/documents/${documentId}/review`, { body: { text }, idempotencyKey });
}

/** Saves an answer of a conversation as a document; its person stands as the source. */
export function saveAnswer(
  api: Api,
  conversationId: string,
  answer: { title: string; text: string },
  idempotencyKey: string,
): Promise<{ documentId: string; jobId: string }> {
  return api.post(`/v1/conversations/${conversationId}/answers`, { body: answer, idempotencyKey });
}

/** Takes a document out of use and deletes it. */
export async function deleteDocument(api: Api, documentId: string): Promise<void> {
  await api.delete(`/v1/documents/${documentId}`);
}
