import type { Stores } from "../inventory/collections.ts";
import type { BucketName } from "../inventory/inventory.ts";
import { AppError } from "../platform/errors.ts";
import type { Buckets } from "../ports/buckets.ts";
import { findBundle } from "./bundles.ts";
import { hashBytes, hashPairs } from "./hash.ts";
import { changedTiles, type Tile, tilePath, tileWidth } from "./tile.ts";

interface TileDeps {
  stores: Stores;
  buckets: Buckets<BucketName>;
}

const tileType = "application/octet-stream";

/** Path of a log's file in its bucket. */
export function ledgerObject(tenantId: string, path: string): string {
  return `${tenantId}/${path}`;
}

/** Bytes of a published tile of hashes. @throws AppError `ledger-malformed` when the bucket lacks it. */
export async function readTile(deps: TileDeps, tenantId: string, tile: Tile): Promise<Uint8Array> {
  const bytes = await deps.buckets.read("ledger", ledgerObject(tenantId, tilePath(tile)));
  if (bytes === undefined) throw new AppError("ledger-malformed", `log ${tenantId} lacks ${tilePath(tile)}`);
  return bytes;
}

/**
 * Writes the tiles of hashes that differ between two sizes, the lower levels first. Level 0 comes from the bundles, each
 * higher one from the full tiles below it. Writing them twice writes the same.
 *
 * @param fromSize - all tiles of the log at this size are in the bucket.
 * @see c2sp.org/tlog-tiles
 */
export async function publishTiles(deps: TileDeps, tenantId: string, fromSize: number, toSize: number): Promise<void> {
  for (const tile of changedTiles(fromSize, toSize)) {
    const bytes =
      tile.level === 0 ? await leafTile(deps, tenantId, tile) : await upperTile(deps, tenantId, tile, fromSize);
    await deps.buckets.write("ledger", ledgerObject(tenantId, tilePath(tile)), bytes, tileType);
  }
}

async function leafTile(deps: TileDeps, tenantId: string, tile: Tile): Promise<Uint8Array> {
  const bundle = await findBundle(deps.stores, tenantId, tile.index);
  if (bundle === undefined || bundle.hashes.length < tile.width * hashBytes) {
    throw new AppError("ledger-malformed", `log ${tenantId} lacks bundle ${tile.index}`);
  }
  return bundle.hashes.subarray(0, tile.width * hashBytes);
}

/** A tile above level 0: what it held at the earlier size, then the roots of the full tiles that came below it since. */
export async function upperTile(deps: TileDeps, tenantId: string, tile: Tile, fromSize: number): Promise<Uint8Array> {
  const level = Number(tile.level);
  const before = Math.floor(fromSize / tileWidth ** level) - tile.index * tileWidth;
  const known = Math.min(Math.max(before, 0), tile.width);
  const rows: Uint8Array[] = known === 0 ? [] : [await readTile(deps, tenantId, { ...tile, width: known })];
  for (let position = known; position < tile.width; position += 1) {
    const below = { level: level - 1, index: tile.index * tileWidth + position, width: tileWidth };
    let row = await readTile(deps, tenantId, below);
    while (row.length > hashBytes) row = hashPairs(row);
    rows.push(row);
  }
  return Buffer.concat(rows);
}
