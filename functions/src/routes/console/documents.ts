import { z } from "zod";
import { deleteDocument } from "../../knowledge/delete-document.ts";
import type { KnowledgeDocument } from "../../knowledge/document.ts";
import { getDocument, listDocuments } from "../../knowledge/list-documents.ts";
import { listForReview, readDocumentText } from "../../knowledge/list-for-review.ts";
import { approveAnswer, saveAnswer } from "../../knowledge/save-answer.ts";
import { uploadDocument } from "../../knowledge/upload-document.ts";
import { AppError } from "../../platform/errors.ts";
import { type RouteTable, route } from "../route.ts";
import { nextCursor, recordId, text, time } from "./shapes.ts";

const documentShape = z.strictObject({
  documentId: recordId,
  title: z.string(),
  fileName: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  sha256: z.string(),
  state: z.enum(["processing", "ready", "failed", "review", "deleting"]),
  version: z.int(),
  liveVersion: z.int(),
  chunkCount: z.int(),
  fromChat: z.boolean(),
  jobId: recordId,
  createdAt: time,
  updatedAt: time,
});

const workShape = z.strictObject({ document: documentShape, documentId: recordId, jobId: recordId });

/** A document as callers see it. */
function wireDocument(document: KnowledgeDocument) {
  const { id: documentId, title, fileName, contentType, sizeBytes, sha256, state, chunkCount, jobId } = document;
  const { version, liveVersion, createdAt, updatedAt } = document;
  return {
    documentId,
    title,
    fileName,
    contentType,
    sizeBytes,
    sha256,
    state,
    version,
    liveVersion,
    chunkCount,
    fromChat: document.fromChat === true,
    jobId,
    createdAt,
    updatedAt,
  };
}

function workOn(document: KnowledgeDocument) {
  return { document: wireDocument(document), documentId: document.id, jobId: document.jobId };
}

/** A cursor is the last file name in base64url, since names may hold anything. */
function nameOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const name = Buffer.from(cursor, "base64url").toString("utf8");
  if (Buffer.from(name).toString("base64url") !== cursor)
    throw new AppError("input-invalid", "cursor is not one of ours");
  return name;
}

/** Documents of the business that the agent answers from. */
export const documentRoutes = {
  "GET /v1/documents": route({
    caller: "knowledge:read",
    summary: "Documents by file name",
    query: z.strictObject({ cursor: z.string().min(1).max(1_200).optional() }),
    answer: { 200: z.strictObject({ documents: z.array(documentShape), nextCursor }) },
    audit: { none: "documents that the business wrote" },
    limit: "staff-read",
    handle: async (deps, staff, { query }) => {
      const { documents, next } = await listDocuments(deps, staff, nameOf(query.cursor));
      const cursor = next === undefined ? {} : { nextCursor: Buffer.from(next).toString("base64url") };
      return { status: 200, body: { documents: documents.map(wireDocument), ...cursor } };
    },
  }),
  "POST /v1/documents": route({
    caller: "knowledge:write",
    summary: "Upload a text; a known file name replaces that document once the new one is ready",
    body: z.strictObject({
      fileName: z.string().min(1).max(400),
      contentType: z.enum(["text/plain", "text/markdown"]),
      text: z.string().refine((value) => value.isWellFormed(), "expected well-formed text"),
    }),
    maxBodyBytes: 2 * 1024 * 1024,
    answer: { 202: workShape },
    audit: "knowledge-uploaded",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { body }, { idempotencyKey }) => {
      const { fileName, contentType } = body;
      const upload = { fileName, contentType, bytes: Buffer.from(body.text) };
      return { status: 202, body: workOn(await uploadDocument(deps, staff, upload, idempotencyKey)) };
    },
  }),
  "POST /v1/conversations/{conversationId}/answers": route({
    caller: "knowledge:write",
    summary: "Save an answer from a conversation as a document; its person stands as the source",
    params: z.strictObject({ conversationId: recordId }),
    body: z.strictObject({ title: text(200), text: text(20_000) }),
    answer: { 202: workShape },
    audit: "knowledge-uploaded",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { params, body }, { idempotencyKey }) => ({
      status: 202,
      body: workOn(await saveAnswer(deps, staff, params.conversationId, body, idempotencyKey)),
    }),
  }),
  "GET /v1/documents/review": route({
    caller: "knowledge:read",
    summary: "Documents saved from conversations that are out of use until reviewed, and why",
    answer: {
      200: z.strictObject({
        documents: z.array(z.strictObject({ document: documentShape, reason: z.enum(["erased", "restricted"]) })),
      }),
    },
    audit: { none: "titles and states of documents, without their text" },
    limit: "staff-read",
    handle: async (deps, staff) => {
      const found = await listForReview(deps, staff);
      const documents = found.map(({ document, reason }) => ({ document: wireDocument(document), reason }));
      return { status: 200, body: { documents } };
    },
  }),
  "GET /v1/documents/{documentId}": route({
    caller: "knowledge:read",
    summary: "A document without its text; `version` counts its uploads, `liveVersion` is the one in use, 0 for none",
    params: z.strictObject({ documentId: recordId }),
    answer: { 200: z.strictObject({ document: documentShape }) },
    audit: { none: "title and state of a document, without its text" },
    limit: "staff-read",
    handle: async (deps, staff, { params: { documentId } }) => ({
      status: 200,
      body: { document: wireDocument(await getDocument(deps, staff, documentId)) },
    }),
  }),
  "GET /v1/documents/{documentId}/text": route({
    caller: "knowledge:write",
    summary: "The newest text of a document",
    params: z.strictObject({ documentId: recordId }),
    answer: { 200: z.strictObject({ text: z.string() }) },
    audit: "knowledge-read",
    limit: "staff-read",
    handle: async (deps, staff, { params: { documentId } }) => ({
      status: 200,
      body: { text: await readDocumentText(deps, staff, documentId) },
    }),
  }),
  "PUT /v1/documents/{documentId}/review": route({
    caller: "knowledge:write",
    summary: "Approve a text without personal data in place of one that was saved from a conversation",
    params: z.strictObject({ documentId: recordId }),
    body: z.strictObject({ text: text(20_000) }),
    answer: { 202: workShape },
    audit: "knowledge-uploaded",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { params: { documentId }, body }, { idempotencyKey }) => ({
      status: 202,
      body: workOn(await approveAnswer(deps, staff, documentId, body.text, idempotencyKey)),
    }),
  }),
  "DELETE /v1/documents/{documentId}": route({
    caller: "knowledge:write",
    summary: "Delete a document with its passages and files",
    params: z.strictObject({ documentId: recordId }),
    answer: { 202: workShape },
    audit: "knowledge-deleted",
    limit: "staff-write",
    handle: async (deps, staff, { params: { documentId } }) => ({
      status: 202,
      body: workOn(await deleteDocument(deps, staff, documentId)),
    }),
  }),
} as const satisfies RouteTable;
