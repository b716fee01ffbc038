import type { Deps } from "../platform/deps.ts";
import { filePath, filePrefix, type KnowledgeDocument } from "./document.ts";
import { type DocumentKey, deleteChunksBefore, deleteDocumentRecord, findDocument } from "./store.ts";

const batchSize = 200;

/**
 * Removes a part of what a document no longer needs: older versions' passages, then their files; of a document that is
 * being deleted everything, the record last. Safe to repeat.
 *
 * @param jobId - who asks: only the job that deletes a document removes all of it.
 * @returns how many passages went, and whether anything is left to remove.
 */
export async function removeOldVersions(
  deps: Deps,
  key: DocumentKey,
  jobId: string,
): Promise<{ removed: number; more: boolean }> {
  const document = await findDocument(deps.stores, key);
  if (document === undefined) return { removed: 0, more: false };
  const isDeleted = document.state === "deleting" && document.jobId === jobId;
  const firstKept = isDeleted ? Number.MAX_SAFE_INTEGER : document.liveVersion;
  const removed = await deleteChunksBefore(deps.stores, key, firstKept, batchSize);
  if (removed === batchSize) return { removed, more: true };
  await removeFiles(deps, document, firstKept);
  if (isDeleted) await deleteDocumentRecord(deps.stores, key, jobId);
  return { removed, more: false };
}

async function removeFiles(deps: Deps, document: KnowledgeDocument, firstKept: number): Promise<void> {
  const kept = new Set<string>();
  for (let version = firstKept; version <= document.version; version++) kept.add(filePath(document, version));
  for (const { path } of await deps.buckets.list("knowledge", filePrefix(document))) {
    if (!kept.has(path)) await deps.buckets.remove("knowledge", path);
  }
}
