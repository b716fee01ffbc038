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

/** Takes a document out of use and deletes it. */
export async function deleteDocument(api: Api, documentId: string): Promise<void> {
  await api.delete(`/v1/documents/${documentId}`);
}
