import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { openConversationsLimit } from "../subjects/freeze-subject.ts";
import type { Head } from "./conversation.ts";
import { readOpenHeads, updateHead } from "./store.ts";

/**
 * Reads a person's open conversations, so that one more may be opened: a freeze reaches 20 of them in one transaction.
 *
 * @param tx - call before its first write.
 * @returns closes as many of the oldest as leaves room for one; to be called among the transaction's writes.
 */
export async function roomForOneMore(
  tx: Transaction,
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
): Promise<() => readonly Head[]> {
  const open = await readOpenHeads(tx, stores, subject, openConversationsLimit + 5);
  const surplus = open.slice(0, Math.max(0, open.length - openConversationsLimit + 1));
  return () => {
    for (const { id: conversationId, tenantId } of surplus) {
      updateHead(tx, stores, { tenantId, conversationId }, { state: "closed" });
    }
    return surplus;
  };
}
