import type { Api } from "./api.ts";
import { pageOf } from "./conversations.ts";
import type { ErasurePreview, Export, ExportFormat, Page } from "./shapes.ts";

/** Counts what an erasure would touch and what it could not; audited. */
export function previewErasure(api: Api, subjectId: string, signal: AbortSignal): Promise<ErasurePreview> {
  return api.post<ErasurePreview>("/v1/erasures/preview", { body: { subjectId }, signal });
}

/** Starts the erasure of a person. */
export function requestErasure(
  api: Api,
  subjectId: string,
  reason: string,
  idempotencyKey: string,
): Promise<{ requestId: string; jobId: string }> {
  return api.post("/v1/erasures", { body: { subjectId, reason }, idempotencyKey });
}

/** Starts the export of a person. */
export function requestExport(
  api: Api,
  request: { subjectId: string; format: ExportFormat; reason: string },
  idempotencyKey: string,
): Promise<{ exportId: string; jobId: string }> {
  return api.post("/v1/exports", { body: request, idempotencyKey });
}

/** A page of exports, newest first. */
export async function listExports(api: Api, cursor?: string, signal?: AbortSignal): Promise<Page<Export>> {
  const answer = await api.get<{ exports: Export[]; nextCursor?: string }>("/v1/exports", {
    query: { cursor },
    ...(signal === undefined ? {} : { signal }),
  });
  return pageOf(answer.exports, answer.nextCursor);
}

/** Issues a link to the file for 15 minutes; audited. */
export function issueExportLink(api: Api, exportId: string): Promise<{ url: string; expiresAt: string }> {
  return api.post(`/v1/exports/${exportId}/links`);
}

/** A receipt as it was signed: an envelope and its ledger proof. */
export function readReceipt(
  api: Api,
  receiptId: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  return api.get(`/v1/receipts/${receiptId}`, { signal });
}
