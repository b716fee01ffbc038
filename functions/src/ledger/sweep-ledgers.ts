import type { Stores } from "../inventory/collections.ts";
import type { TopicName } from "../inventory/inventory.ts";
import type { Publisher } from "../ports/publisher.ts";
import { nextTenantWithPending } from "./store.ts";

/** Nudges the sequencer of every tenant of the region that has entries waiting. Called every minute. */
export async function sweepLedgers(deps: { stores: Stores; publisher: Publisher<TopicName> }): Promise<void> {
  let tenantId = await nextTenantWithPending(deps.stores, undefined);
  while (tenantId !== undefined) {
    await deps.publisher.publish("ledger-nudges", { tenantId });
    tenantId = await nextTenantWithPending(deps.stores, tenantId);
  }
}
