import type { Transaction } from "@google-cloud/firestore";
import { documentRef, type Stores } from "../inventory/collections.ts";
import { createReceipt } from "./store.ts";

/** Stores a signed receipt within the transaction of its audit entry. */
export const issueReceipt = createReceipt;

/** Whether a job's receipt is issued; asked in a transaction where a second one must not come to be. */
export async function hasReceipt(
  stores: Stores,
  tenantId: string,
  receiptId: string,
  tx?: Transaction,
): Promise<boolean> {
  const ref = documentRef(stores, "receipts", { tenantId, receiptId });
  return (await (tx === undefined ? ref.get() : tx.get(ref))).exists;
}
