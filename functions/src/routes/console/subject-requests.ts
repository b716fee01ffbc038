import { z } from "zod";
import { issueExportLink } from "../../exports/issue-export-link.ts";
import { listExports } from "../../exports/list-exports.ts";
import { requestExport } from "../../exports/request-export.ts";
import { previewErasure } from "../../subject-requests/erasure/preview-erasure.ts";
import { requestErasureOnce } from "../../subject-requests/erasure/request-erasure-once.ts";
import { type ErasureScope, erasureScopeShape } from "../../subject-requests/erasure/scope.ts";
import { listReceiptSummaries, readReceipt } from "../../subject-requests/read-receipt.ts";
import { type RouteTable, route } from "../route.ts";
import { secret } from "../secret.ts";
import { reason as why } from "./shapes.ts";

const recordId = z.string().regex(/^[a-z0-9]{20,40}$/, "expected an id");
const reason = why.min(3);
const time = z.iso.datetime();
const page = { cursor: time.optional(), limit: z.coerce.number().int().min(1).max(100).default(50) };

/** What is to be erased: `{subjectId}` alone is the person; with a conversation or a lead it is that alone. */
const erasureTarget = {
  subjectId: recordId,
  conversationId: recordId.optional(),
  leadId: recordId.optional(),
};

function scopeOf(target: {
  subjectId: string;
  conversationId?: string | undefined;
  leadId?: string | undefined;
}): ErasureScope {
  const { subjectId, conversationId, leadId } = target;
  if (conversationId !== undefined) return erasureScopeShape.parse({ kind: "conversation", subjectId, conversationId });
  return leadId === undefined ? { kind: "person", subjectId } : { kind: "lead", subjectId, leadId };
}

const previewShape = z.object({
  stores: z.array(z.object({ name: z.string(), action: z.string(), count: z.int() })),
  exceptions: z.array(z.object({ name: z.string(), reason: z.string(), until: z.string() })),
  recipients: z.array(z.object({ name: z.string(), recipient: z.string(), deletion: z.string() })),
  heldItems: z.array(z.object({ holdId: z.string(), basis: z.string(), endsAt: time, items: z.int() })),
});

const exportShape = z.object({
  exportId: recordId,
  scope: z.enum(["person", "account"]),
  subjectId: recordId.optional(),
  format: z.enum(["json", "bag"]),
  state: z.string(),
  jobId: recordId,
  createdAt: time,
  expiresAt: time,
  sizeBytes: z.int().optional(),
});

/** What staff and a tenant's software do for data subjects: export, erasure, receipts. */
export const subjectRequestRoutes = {
  "POST /v1/erasures/preview": route({
    caller: "erasures:create",
    summary: "What an erasure would delete and what it could not",
    body: z.strictObject(erasureTarget),
    answer: { 200: previewShape },
    audit: "erasure-previewed",
    limit: "staff-write",
    handle: async (deps, staff, { body }) => ({
      status: 200,
      body: await previewErasure(deps, staff.actor, staff.tenantId, scopeOf(body)),
    }),
  }),
  "POST /v1/erasures": route({
    caller: "erasures:create",
    summary: "Erase a person, a conversation or a lead",
    body: z.strictObject({ ...erasureTarget, reason }),
    answer: { 202: z.object({ requestId: recordId, jobId: recordId }) },
    audit: "erasure-requested",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, { actor, tenantId }, { body }, { idempotencyKey }) => {
      const asked = { scope: scopeOf(body), reason: body.reason };
      return { status: 202, body: await requestErasureOnce(deps, actor, tenantId, asked, idempotencyKey) };
    },
  }),
  "POST /v1/exports": route({
    caller: "exports:create",
    summary: "Export one person",
    body: z.strictObject({ subjectId: recordId, format: z.enum(["json", "bag"]).default("json"), reason }),
    answer: { 202: z.object({ exportId: recordId, jobId: recordId }) },
    audit: "export-requested",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { body }, { idempotencyKey }) => ({
      status: 202,
      body: await requestExport(deps, staff.actor, staff.tenantId, body, idempotencyKey),
    }),
  }),
  "POST /v1/account/exports": route({
    caller: "exports:account",
    summary: "Export the whole account",
    body: z.strictObject({ reason }),
    answer: { 202: z.object({ exportId: recordId, jobId: recordId }) },
    audit: "export-requested",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { body: { reason: stated } }, { idempotencyKey }) => ({
      status: 202,
      body: await requestExport(deps, staff.actor, staff.tenantId, { format: "bag", reason: stated }, idempotencyKey),
    }),
  }),
  "GET /v1/exports": route({
    caller: "exports:read",
    summary: "Exports, newest first; whole accounts with exports:account only",
    query: z.strictObject(page),
    answer: { 200: z.object({ exports: z.array(exportShape), nextCursor: time.optional() }) },
    audit: { none: "names no person's data: ids, states and times" },
    limit: "staff-read",
    handle: async (deps, staff, { query }) => {
      const { exports, nextCursor } = await listExports(deps, staff, query);
      const shown = exports.map(({ id, tenantId: _tenant, leaf: _leaf, ...rest }) => ({ exportId: id, ...rest }));
      return { status: 200, body: { exports: shown, ...(nextCursor === undefined ? {} : { nextCursor }) } };
    },
  }),
  "POST /v1/exports/{exportId}/links": route({
    caller: "exports:read",
    summary: "A link to an export's file, for 15 minutes; of a whole account, with exports:account only",
    params: z.strictObject({ exportId: recordId }),
    answer: { 201: z.object({ url: secret(z.url()), expiresAt: time, proofUrl: z.url().optional() }) },
    audit: "export-link-issued",
    limit: "staff-write",
    handle: async (deps, staff, { params }) => ({
      status: 201,
      body: await issueExportLink(deps, staff, params.exportId),
    }),
  }),
  "GET /v1/receipts": route({
    caller: "erasures:read",
    summary: "Receipts, newest first",
    answer: {
      200: z.object({ receipts: z.array(z.object({ receiptId: recordId, payloadType: z.string(), createdAt: time })) }),
    },
    audit: { none: "receipts hold no personal data" },
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { receipts: await listReceiptSummaries(deps, staff.tenantId) },
    }),
  }),
  "GET /v1/receipts/{receiptId}": route({
    caller: "erasures:read",
    summary: "A receipt with its ledger proof, as verify takes it",
    params: z.strictObject({ receiptId: recordId }),
    answer: { 200: z.object({ envelope: z.unknown(), leaf: z.base64(), proof: z.string() }) },
    audit: { none: "receipts hold no personal data" },
    limit: "staff-read",
    handle: async (deps, staff, { params }) => ({
      status: 200,
      body: await readReceipt(deps, staff.tenantId, params.receiptId),
    }),
  }),
} as const satisfies RouteTable;
