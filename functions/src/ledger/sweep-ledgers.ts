import type { Stores } from "../inventory/collections.ts";
import type { TopicName } from "../inventory/inventory.ts";
import type { Publisher } from "../ports/publisher.ts";
import { listUnpublishedLedgers, nextTenantWithPending } from "./store.ts";

/** Logs nudged in one sweep for their tiles' sake; the next sweep finds the rest. */
const unpublishedLimit = 200;

/** Where the lanes of the walk begin: letters and digits of the random part of a tenant's id, in their order. */
const laneStarts = ["0", "4", "8", "c", "g", "k", "o", "s", "w"] as const;

type SweepDeps = { stores: Stores; publisher: Publisher<TopicName> };

/**
 * Nudges the sequencer of every tenant of the region that has entries waiting, or whose sequencer died before its tiles
 * were published. Called every minute: it repairs what `nudgeSequencers` lost.
 */
export async function sweepLedgers(deps: SweepDeps): Promise<void> {
  const prefix = `lethe_${deps.stores.region}_tenant_`;
  const lanes = laneStarts.map((start, lane) => {
    const next = laneStarts[lane + 1];
    return sweepLane(deps, `${prefix}${start}`, next === undefined ? undefined : `${prefix}${next}`);
  });
  await Promise.all(lanes);
  await nudge(deps, await listUnpublishedLedgers(deps.stores, unpublishedLimit));
}

/** One tenant after the other, from one id up to another: one read a tenant, however many entries it has. */
async function sweepLane(deps: SweepDeps, from: string, to: string | undefined): Promise<void> {
  const found: string[] = [];
  let tenantId = await nextTenantWithPending(deps.stores, from);
  while (tenantId !== undefined && (to === undefined || tenantId < to)) {
    found.push(tenantId);
    tenantId = await nextTenantWithPending(deps.stores, `${tenantId}\uf8ff`);
  }
  await nudge(deps, found);
}

async function nudge({ publisher }: SweepDeps, tenantIds: readonly string[]): Promise<void> {
  await Promise.all(tenantIds.map((tenantId) => publisher.publish("ledger-nudges", { tenantId })));
}
