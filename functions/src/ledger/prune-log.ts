import { appendEntry, auditContext } from "./append-entry.ts";
import { countBundlesUntil, findPruned, findPrunedIn, listOldestBundlesIn, pruneBundlesIn } from "./pruned.ts";
import type { LedgerDeps } from "./sequence.ts";
import { findLedgerState, readLedger } from "./store.ts";
import { tileWidth } from "./tile.ts";

/** Bundles of one transaction. */
const bundlesAtOnce = 50;

/**
 * Deletes the oldest bundles of a tenant's log whose every entry is older than a cutoff, with the sealed openings in
 * them, and records it in the same transaction. Only whole bundles go, only from the beginning, and only where their
 * tiles are published: tiles stay, so that proofs from before still verify, and what is left still can be proven.
 *
 * @param cutoff - the end of the audit retention, as the earlier of two clocks sees it.
 * @param days - the retention in force, for the record.
 * @returns how many entries went; `more` when there may be others.
 */
export async function pruneLog(
  deps: LedgerDeps,
  tenantId: string,
  cutoff: Date,
  days: number,
): Promise<{ entries: number; more: boolean }> {
  const audit = await auditContext(deps, tenantId);
  const prunedAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const { state } = await readLedger(deps.stores, tenantId, tx);
    const before = await findPrunedIn(tx, deps.stores, tenantId);
    const oldest = await listOldestBundlesIn(tx, deps.stores, tenantId, bundlesAtOnce);
    const whole = Math.floor((state?.published.size ?? 0) / tileWidth);
    const due = [];
    for (const [position, bundle] of oldest.entries()) {
      const number = before.bundles + position;
      const isNext = bundle.firstIndex === number * tileWidth;
      if (!isNext || number >= whole || bundle.lastOccurredAt >= cutoff) break;
      due.push({ ...bundle, number });
    }
    const last = due.at(-1);
    if (last === undefined) return { entries: 0, more: false };
    const entries = due.length * tileWidth;
    const until = new Date(Math.max(...due.map(({ lastOccurredAt }) => lastOccurredAt.getTime())));
    const numbers = due.map(({ number }) => number);
    const all = { bundles: last.number + 1, entries: (last.number + 1) * tileWidth, until, days, prunedAt };
    pruneBundlesIn(tx, deps.stores, tenantId, numbers, all);
    appendEntry(tx, audit, {
      action: "audit-pruned",
      actor: { kind: "system", id: "retention-step" },
      outcome: "success",
      metadata: { entries, bundles: due.length, firstKept: all.entries, until: until.toISOString(), days },
    });
    return { entries, more: due.length === bundlesAtOnce };
  });
}

/** How many entries a cutoff would prune: those of whole bundles. */
export async function countPrunable(deps: Pick<LedgerDeps, "stores">, tenantId: string, cutoff: Date): Promise<number> {
  const [old, state, pruned] = await Promise.all([
    countBundlesUntil(deps.stores, tenantId, cutoff),
    findLedgerState(deps.stores, tenantId),
    findPruned(deps.stores, tenantId),
  ]);
  const whole = Math.floor((state?.published.size ?? 0) / tileWidth) - pruned.bundles;
  return Math.min(old, whole) * tileWidth;
}

/** A tenant's log in numbers: how many entries it has had, and how many of the first were deleted under the policy. */
export interface LogExtent {
  size: number;
  pruned?: { entries: number; until: Date; days: number; prunedAt: Date };
}

/** How far a tenant's log reaches, and back to where its entries are still kept. */
export async function describeLog(deps: Pick<LedgerDeps, "stores">, tenantId: string): Promise<LogExtent> {
  const [state, pruned] = await Promise.all([
    findLedgerState(deps.stores, tenantId),
    findPruned(deps.stores, tenantId),
  ]);
  const size = state?.size ?? 0;
  if (!("until" in pruned)) return { size };
  const { entries, until, days, prunedAt } = pruned;
  return { size, pruned: { entries, until, days, prunedAt } };
}
