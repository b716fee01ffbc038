import { findBundleOfLeaf } from "./bundles.ts";
import { hashLeaf } from "./hash.ts";
import { inclusionProof } from "./proof.ts";
import { readTile } from "./publish-tiles.ts";
import type { LedgerDeps } from "./sequence.ts";
import { findLedgerState } from "./store.ts";
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
  const published = (await findLedgerState(deps.stores, tenantId))?.published;
  if (published === undefined || index >= published.size) return undefined;
  const read = tileReader(published.size, (tile) => readTile(deps, tenantId, tile));
  return formatTlogProof({
    index,
    hashes: await inclusionProof(read, index, published.size),
    checkpoint: published.checkpoint,
  });
}
