import { AppError } from "../platform/errors.ts";
import { findBundle } from "./bundles.ts";
import { findPruned } from "./pruned.ts";
import { readTile } from "./publish-tiles.ts";
import type { LedgerDeps } from "./sequence.ts";
import { findLedgerState } from "./store.ts";
import { changedBundles, changedTiles, encodeEntryBundle, type Tile, tilePath } from "./tile.ts";

/** Where a folder is written to. */
export interface FolderSink {
  write(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Where writing a folder goes on: its size is fixed with the first file, so that all files are of one log. */
export interface FolderPlace {
  size: number;
  /** The first bundle that is not pruned. */
  first: number;
  /** Path of the last file that is written. */
  after: string;
}

const firstFile = "checkpoint";

/**
 * Writes some files of a tenant's log as a folder that `verify` checks offline: checkpoint, bundles of entries, tiles of
 * hashes, and which bundles the retention policy has removed.
 *
 * @param sink - takes one file after the other; a repeat from the same place writes the same.
 * @param place - where to go on; undefined at the start.
 * @param files - how many bundles and tiles to write at most.
 * @returns where to go on; undefined when the folder is whole; `unpublished` while the log has no published checkpoint.
 */
export async function writeLogFolder(
  deps: LedgerDeps,
  tenantId: string,
  sink: FolderSink,
  place: FolderPlace | undefined,
  files: number,
): Promise<FolderPlace | undefined | "unpublished"> {
  if (place === undefined) return beginFolder(deps, tenantId, sink);
  const { size } = place;
  // Bundles first: they are what retention may take away meanwhile.
  const all = [...changedBundles(0, size), ...changedTiles(0, size)];
  const from = all.findIndex((tile) => tilePath(tile) === place.after) + 1;
  const open = all.slice(from).filter(({ level, index }) => level !== "entries" || index >= place.first);
  for (const tile of open.slice(0, files)) {
    const bytes =
      tile.level === "entries" ? await entriesOf(deps, tenantId, tile) : await readTile(deps, tenantId, tile);
    if (bytes === undefined) return beginAfterPruned(deps, tenantId, sink, place);
    await sink.write(tilePath(tile), bytes);
  }
  const last = open[files - 1];
  if (last !== undefined && open.length > files) return { ...place, after: tilePath(last) };
  await writePruned(sink, place.first);
  return undefined;
}

async function beginFolder(deps: LedgerDeps, tenantId: string, sink: FolderSink): Promise<FolderPlace | "unpublished"> {
  const published = (await findLedgerState(deps.stores, tenantId))?.published;
  if (published === undefined || published.size === 0) return "unpublished";
  await sink.write(firstFile, Buffer.from(published.checkpoint));
  return { size: published.size, first: (await findPruned(deps.stores, tenantId)).bundles, after: firstFile };
}

/** Bytes of an entry bundle as wide as the folder's size makes it; undefined when it is not there. */
async function entriesOf(deps: LedgerDeps, tenantId: string, tile: Tile): Promise<Uint8Array | undefined> {
  const bundle = await findBundle(deps.stores, tenantId, tile.index);
  return bundle && encodeEntryBundle(bundle.leaves.slice(0, tile.width));
}

/** A bundle was pruned while we wrote, and with it all before it: they go from the folder too, as the policy wants. */
async function beginAfterPruned(
  deps: LedgerDeps,
  tenantId: string,
  sink: FolderSink,
  place: FolderPlace,
): Promise<FolderPlace> {
  const first = (await findPruned(deps.stores, tenantId)).bundles;
  if (first <= place.first) throw new AppError("ledger-malformed", `log ${tenantId} lacks a bundle behind ${first}`);
  for (const tile of changedBundles(0, place.size)) {
    if (tile.index >= place.first && tile.index < first) await sink.remove(tilePath(tile));
  }
  return { ...place, first, after: firstFile };
}

async function writePruned(sink: FolderSink, first: number): Promise<void> {
  if (first === 0) return;
  const bundles = Array.from({ length: first }, (_, number) => number);
  await sink.write("pruned.json", Buffer.from(JSON.stringify({ policy: "audit retention of the tenant", bundles })));
}
