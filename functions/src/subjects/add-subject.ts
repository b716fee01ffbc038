import type { Transaction } from "@google-cloud/firestore";
import type { SealingKey } from "../crypto/envelope.ts";
import type { Stores } from "../inventory/collections.ts";
import { subjectTag } from "../ledger/append-entry.ts";
import { createSubject, type SubjectKey } from "./store.ts";

/**
 * Stores a new, active data subject in the transaction that first writes for it.
 *
 * @param dek - the person's key, which is stored already.
 */
export function addSubject(
  tx: Transaction,
  stores: Stores,
  subject: SubjectKey,
  dek: SealingKey,
  createdAt: Date,
): void {
  createSubject(tx, stores, subject, createdAt, subjectTag(dek));
}
