import type { JobStep, StepRun } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { chunkText, embeddingText } from "./chunk-text.ts";
import { type Chunk, chunkId, filePath, type KnowledgeDocument } from "./document.ts";
import { decodeText } from "./read-upload.ts";
import { findDocument, saveChunks } from "./store.ts";

/** Passages embedded and stored in one run. */
const batchSize = 20;
const embeddingLimitMs = 20_000;

/**
 * The document that a job works on, while the job is the one that does.
 *
 * @returns undefined when it is gone, being deleted, put aside for review, or replaced by a later upload: then there is nothing to do.
 */
export async function documentOf(deps: Deps, { job }: StepRun): Promise<KnowledgeDocument | undefined> {
  const { tenantId, targets } = job;
  const document = await findDocument(deps.stores, { tenantId, documentId: targets.documentId ?? "" });
  return document?.jobId === job.id && document.state !== "deleting" && document.state !== "review"
    ? document
    : undefined;
}

/** Cuts the newest file into passages and stores them, hidden, with their embeddings; 20 a run. */
export const readAndChunk: JobStep<Deps> = {
  name: "read-and-chunk",
  async run(deps, run) {
    const document = await documentOf(deps, run);
    if (document === undefined) return { done: true };
    const chunks = await chunksOf(deps, document);
    const after = run.cursor?.after;
    const rest = typeof after === "string" ? chunks.filter(({ id }) => id > after) : chunks;
    const batch = rest.slice(0, batchSize);
    const texts = batch.map((chunk) => embeddingText(document.title, chunk));
    const embeddings = await deps.model.embed(texts, "document", AbortSignal.timeout(embeddingLimitMs));
    const records = batch.map((chunk, index) => ({ chunk, embedding: embeddings[index] ?? [] }));
    const isCurrent = await saveChunks(deps.stores, document, records);
    const last = batch.at(-1);
    if (!isCurrent || last === undefined || rest.length <= batchSize) {
      return { done: true, counts: { passages: batch.length }, total: chunks.length };
    }
    return { next: { after: last.id }, counts: { passages: batch.length }, total: chunks.length };
  },
};

async function chunksOf(deps: Deps, document: KnowledgeDocument): Promise<Chunk[]> {
  const { id: documentId, tenantId, version, title, sourceSubjectId } = document;
  const bytes = await deps.buckets.read("knowledge", filePath(document, version));
  if (bytes === undefined) throw new AppError("document-malformed", `document ${documentId} has no file`);
  return chunkText(decodeText(bytes)).map((chunk, index) => ({
    ...chunk,
    id: chunkId(documentId, version, index),
    tenantId,
    documentId,
    version,
    live: false,
    title,
    ...(sourceSubjectId === undefined ? {} : { sourceSubjectId }),
  }));
}
