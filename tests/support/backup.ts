import type { Firestore } from "@google-cloud/firestore";
import { everyDocument } from "./search-everywhere.ts";

/** Every document of a database at a time, by path. */
export type Backup = ReadonlyMap<string, FirebaseFirestore.DocumentData>;

/** Takes a backup. */
export async function backupOf(database: Firestore): Promise<Backup> {
  const documents = new Map<string, FirebaseFirestore.DocumentData>();
  for await (const { path, data } of everyDocument(database)) {
    if (data !== undefined) documents.set(path, data as FirebaseFirestore.DocumentData);
  }
  return documents;
}

/** Restores a backup into another database, as Firestore does: every document as it was, nothing else. */
export async function restoreInto(database: Firestore, backup: Backup): Promise<void> {
  const documents = [...backup];
  for (let start = 0; start < documents.length; start += 400) {
    const batch = database.batch();
    for (const [path, data] of documents.slice(start, start + 400)) batch.set(database.doc(path), data);
    await batch.commit();
  }
}
