import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { assertActive, assertWritable } from "../subjects/assert-writable.ts";
import type { Head } from "./conversation.ts";

/**
 * Checks that a turn may be written: by the head's copy of the person's state, or, since a freeze reaches open heads
 * only, by the person in a closed one. Call before the transaction's first write.
 *
 * @throws AppError `subject-frozen`, `subject-erased`.
 */
export async function assertTurnAllowed(tx: Transaction, stores: Stores, head: Head): Promise<void> {
  assertActive(head.subjectState, head.subjectId);
  if (head.state === "closed") await assertWritable(tx, stores, head);
}
