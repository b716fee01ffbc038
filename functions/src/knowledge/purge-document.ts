import type { Transaction } from "@google-cloud/firestore";
import type { Deps } from "../platform/deps.ts";
import type { KnowledgeDocument } from "./document.ts";
import { removeOldVersions } from "./remove-old-versions.ts";
import { type DocumentKey, readDocument, saveDocument } from "./store.ts";

/**
 * Deletes a document past its period, as a deletion by staff does: out of use at once, then passages and files, its record
 * last. Safe to repeat.
 *
 * @param jobId - the purge, whose document it is from then on.
 * @param mayGo - asked within the transaction that takes it out of use.
 * @returns false when it stays, or was gone.
 */
export async function purgeDocument(
  deps: Deps,
  key: DocumentKey,
  jobId: string,
  mayGo: (tx: Transaction, document: KnowledgeDocument) => Promise<boolean>,
): Promise<boolean> {
  const goes = await deps.stores.data.runTransaction(async (tx) => {
    const stored = await readDocument(tx, deps.stores, key);
    if (stored === undefined || !(await mayGo(tx, stored))) return false;
    // Its time stays: whoever repeats this finds it by its age.
    saveDocument(tx, deps.stores, { ...stored, state: "deleting", jobId });
    return true;
  });
  if (!goes) return false;
  let left = true;
  while (left) left = (await removeOldVersions(deps, key, jobId)).more;
  return true;
}
