import { recordWithdrawalAgain } from "../consent/record-again.ts";
import type { Deps } from "../platform/deps.ts";
import { openConversationsLimit, readFreezeTargets } from "../subjects/freeze-subject.ts";
import { readOpenHeads, updateHead } from "./store.ts";

/**
 * Withdraws a consent again that a restore brought back: the record, and the copy in each open conversation.
 *
 * @returns whether there was something to do; false also for a person whom the backup does not know.
 * @see GDPR Art. 7(3)
 */
export async function withdrawAgain(
  deps: Pick<Deps, "stores">,
  record: Parameters<typeof recordWithdrawalAgain>[2],
): Promise<boolean> {
  const { tenantId } = record;
  return deps.stores.data.runTransaction(async (tx) => {
    const [person, heads] = await Promise.all([
      readFreezeTargets(tx, deps.stores, record),
      readOpenHeads(tx, deps.stores, record, openConversationsLimit + 5),
    ]);
    if (person.state === undefined || person.state === "erasing") return false;
    const consents = await recordWithdrawalAgain(tx, deps, record);
    if (consents === undefined) return false;
    for (const { id: conversationId } of heads) updateHead(tx, deps.stores, { tenantId, conversationId }, { consents });
    return true;
  });
}
