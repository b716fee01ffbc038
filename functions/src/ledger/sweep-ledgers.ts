import type { Stores } from "../inventory/collections.ts";
import type { TopicName } from "../inventory/inventory.ts";
import type { Publisher } from "../ports/publisher.ts";
import { listUnpublishedLedgers, nextTenantWithPending } from "./store.ts";

/** Logs nudged in one sweep for their tiles' sake; the next sweep finds the rest. */
const unpublishedLimit = 200;

/**
 * Nudges the sequencer of every tenant of the region that has entries waiting, or whose sequencer died before its tiles
 * were published. Called every minute.
 */
export async function sweepLedgers(deps: { stores: Stores; publisher: Publisher<TopicName> }): Promise<void> {
  let tenantId = await nextTenantWithPending(deps.stores, undefined);
  while (tenantId !== undefined) {
    await deps.publisher.publish("ledger-nudges", { tenantId });
    tenantId = await nextTenantWithPending(deps.stores, tenantId);
  }
  for (const unpublished of await listUnpublishedLedgers(deps.stores, unpublishedLimit)) {
    await deps.publisher.publish("ledger-nudges", { tenantId: unpublished });
  }
}
