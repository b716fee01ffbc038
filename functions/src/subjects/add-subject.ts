import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { createSubject, type SubjectKey } from "./store.ts";

/** Stores a new, active data subject in the transaction that first writes for it; the DEK is there already. */
export function addSubject(tx: Transaction, stores: Stores, subject: SubjectKey, createdAt: Date): void {
  createSubject(tx, stores, subject, createdAt);
}
