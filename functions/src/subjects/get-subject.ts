import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import { findSubject, readSubject, type StoredSubject, type SubjectKey } from "./store.ts";

/**
 * A data subject as stored.
 *
 * @throws AppError `subject-erased` when there is none: ids of subjects are never guessed, so there was one.
 */
export async function getSubject(stores: Stores, key: SubjectKey): Promise<StoredSubject> {
  const stored = await findSubject(stores, key);
  if (stored === undefined) throw new AppError("subject-erased", `subject ${key.subjectId} is gone`);
  return stored;
}

/** The same within a transaction. @throws AppError `subject-erased` when there is none. */
export async function getSubjectIn(tx: Transaction, stores: Stores, key: SubjectKey): Promise<StoredSubject> {
  const stored = await readSubject(tx, stores, key);
  if (stored === undefined) throw new AppError("subject-erased", `subject ${key.subjectId} is gone`);
  return stored;
}
