import type { Api } from "./api.ts";
import { pageOf } from "./conversations.ts";
import type { ErasurePreview, ErasureTarget, Export, ExportFormat, ReceiptSummary } from "./privacy-shapes.ts";
import type { SubProcessor } from "./settings-shapes.ts";
import type { Page } from "./shapes.ts";

/** Counts what an erasure would touch and what it could not; audited. */
export function previewErasure(api: Api, target: ErasureTarget, signal: AbortSignal): Promise<ErasurePreview> {
  return api.post<ErasurePreview>("/v1/erasures/preview", { body: target, signal });
}

/** Starts an erasure. */
export function requestErasure(
  api: Api,
  target: ErasureTarget,
  reason: string,
  idempotencyKey: string,
): Promise<{ requestId: string; jobId: string }> {
  return api.post("/v1/erasures", { body: { ...target, reason }, idempotencyKey });
}

/** Starts the export of a person. */
export function requestExport(
  api: Api,
  request: { subjectId: string; format: ExportFormat; reason: string },
  idempotencyKey: string,
): Promise<{ exportId: string; jobId: string }> {
  return api.post("/v1/exports", { body: request, idempotencyKey });
}

/** Starts the export of the whole account. */
export function requestAccountExport(
  api: Api,
  reason: string,
  idempotencyKey: string,
): Promise<{ exportId: string; jobId: string }> {
  return api.post("/v1/account/exports", { body: { reason }, idempotencyKey });
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
export function issueExportLink(
  api: Api,
  exportId: string,
): Promise<{ url: string; expiresAt: string; proofUrl?: string }> {
  return api.post(`/v1/exports/${exportId}/links`);
}

/** Receipts, newest first, at most 100. */
export async function listReceipts(api: Api, signal?: AbortSignal): Promise<readonly ReceiptSummary[]> {
  return (await api.get<{ receipts: ReceiptSummary[] }>("/v1/receipts", signal === undefined ? {} : { signal }))
    .receipts;
}

/** A receipt as it was signed: an envelope and its ledger proof. */
export function readReceipt(
  api: Api,
  receiptId: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  return api.get(`/v1/receipts/${receiptId}`, { signal });
}

/** Third parties that hold a copy; anybody may ask. */
export async function listSubProcessors(api: Api, signal: AbortSignal): Promise<readonly SubProcessor[]> {
  return (await api.get<{ subProcessors: SubProcessor[] }>("/v1/transparency/sub-processors", { signal }))
    .subProcessors;
}

/** A key that verifies a log, and when it signed; without `until` it is the one that signs. */
export interface LogKey {
  readonly verifierKey: string;
  readonly from?: string;
  readonly until?: string;
}

/** Keys that verify a log and what is signed beside it, newest first; anybody may ask. */
export async function readLogKeys(api: Api, logId: string, signal: AbortSignal): Promise<readonly LogKey[]> {
  return (await api.get<{ keys: LogKey[] }>(`/v1/logs/${logId}/keys`, { signal })).keys;
}
