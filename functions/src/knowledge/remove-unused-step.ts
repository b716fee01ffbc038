import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { filePath, filePrefix, type KnowledgeDocument } from "./document.ts";
import { deleteChunksBefore, deleteDocumentRecord, findDocument } from "./store.ts";

const batchSize = 200;

/** Removes what a document no longer needs: older versions' passages and files; of a deleted document, everything. */
export const removeUnused: JobStep<Deps> = {
  name: "remove-unused",
  async run(deps, { job }) {
    const key = { tenantId: job.tenantId, documentId: job.targets.documentId ?? "" };
    const document = await findDocument(deps.stores, key);
    if (document === undefined) return { done: true };
    const isDeleted = document.state === "deleting" && document.jobId === job.id;
    const firstKept = isDeleted ? Number.MAX_SAFE_INTEGER : document.liveVersion;
    const removed = await deleteChunksBefore(deps.stores, key, firstKept, batchSize);
    // What is left is found by the query again: the cursor needs no place.
    if (removed === batchSize) return { next: { old: true }, counts: { removed } };
    await removeFiles(deps, document, firstKept);
    if (isDeleted) await deleteDocumentRecord(deps.stores, key, job.id);
    return { done: true, counts: { removed } };
  },
};

async function removeFiles(deps: Deps, document: KnowledgeDocument, firstKept: number): Promise<void> {
  const kept = new Set<string>();
  for (let version = firstKept; version <= document.version; version++) kept.add(filePath(document, version));
  for (const { path } of await deps.buckets.list("knowledge", filePrefix(document))) {
    if (!kept.has(path)) await deps.buckets.remove("knowledge", path);
  }
}
