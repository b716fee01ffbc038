import { hashLeaf } from "./hash.ts";
import { inclusionProof } from "./proof.ts";
import { readTile } from "./publish-tiles.ts";
import type { LedgerDeps } from "./sequence.ts";
import { findBundleOfLeaf, findLedgerState } from "./store.ts";
import { tileReader } from "./tile.ts";
import { formatTlogProof } from "./tlog-proof.ts";

/**
 * Proves that a leaf is in a tenant's log, with the log's signed checkpoint.
 *
 * @param leaf - canonical JSON as `appendEntry` returned it.
 * @returns a `c2sp.org/tlog-proof@v1` text, or undefined while the entry waits to be integrated or published.
 */
export async function findInclusionProof(
  deps: LedgerDeps,
  tenantId: string,
  leaf: Uint8Array,
): Promise<string | undefined> {
  const leafId = Buffer.from(hashLeaf(leaf)).toString("hex").slice(0, 16);
  const bundle = await findBundleOfLeaf(deps.stores, tenantId, leafId);
  if (bundle === undefined) return undefined;
  const index = bundle.firstIndex + bundle.leafIds.indexOf(leafId);
  const state = await findLedgerState(deps.stores, tenantId);
  // A checkpoint newer than the tiles cannot be proven yet; the next look will.
  if (state === undefined || state.publishedSize !== state.size) return undefined;
  const read = tileReader(state.size, (tile) => readTile(deps, tenantId, tile));
  return formatTlogProof({
    index,
    hashes: await inclusionProof(read, index, state.size),
    checkpoint: state.checkpoint,
  });
}
