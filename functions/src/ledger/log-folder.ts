import { AppError } from "../platform/errors.ts";
import { findPruned } from "./pruned.ts";
import { readTile } from "./publish-tiles.ts";
import type { LedgerDeps } from "./sequence.ts";
import { findBundle, findLedgerState } from "./store.ts";
import { changedBundles, changedTiles, encodeEntryBundle, tilePath, tileWidth } from "./tile.ts";

/**
 * Writes a tenant's log as a folder that `verify` checks offline: checkpoint, tiles of hashes, bundles of entries, and
 * which bundles the retention policy has removed.
 *
 * @param write - takes each file; called in order, one file in memory at a time.
 */
export async function writeLogFolder(
  deps: LedgerDeps,
  tenantId: string,
  write: (path: string, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const state = await findLedgerState(deps.stores, tenantId);
  if (state === undefined) return;
  const size = state.publishedSize;
  if (size !== state.size) return;
  await write("checkpoint", Buffer.from(state.checkpoint));
  for (const tile of changedTiles(0, size)) await write(tilePath(tile), await readTile(deps, tenantId, tile));
  const { bundles: gone } = await findPruned(deps.stores, tenantId);
  for (const tile of changedBundles(0, size)) {
    if (tile.index < gone) continue;
    const bundle = await findBundle(deps.stores, tenantId, tile.index);
    // Pruned since we asked: the next try leaves it out and says so.
    if (bundle === undefined && tile.index < (await findPruned(deps.stores, tenantId)).bundles)
      throw new AppError("store-unavailable", `log ${tenantId} was pruned meanwhile`);
    if (bundle === undefined) throw new AppError("ledger-malformed", `log ${tenantId} lacks bundle ${tile.index}`);
    await write(tilePath(tile), encodeEntryBundle(bundle.leaves.slice(0, Math.min(tile.width, tileWidth))));
  }
  if (gone > 0) {
    const bundles = Array.from({ length: gone }, (_, number) => number);
    await write("pruned.json", Buffer.from(JSON.stringify({ policy: "audit retention of the tenant", bundles })));
  }
}
