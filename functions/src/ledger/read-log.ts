import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import { AppError } from "../platform/errors.ts";
import { findBundle } from "./bundles.ts";
import { type LogKeyDeps, listLogKeys } from "./log-key.ts";
import { readTile } from "./publish-tiles.ts";
import type { LedgerDeps } from "./sequence.ts";
import { findLedgerState, findLogHead } from "./store.ts";
import { encodeEntryBundle, parseTilePath, type Tile, tileWidth } from "./tile.ts";
import { formatVerifierKey } from "./verifier-key.ts";

/**
 * The newest checkpoint of a tenant's log: a signed note. That of a deleted account stays as long as its tiles.
 *
 * @throws AppError `not-found` for a log without entries.
 * @see c2sp.org/tlog-checkpoint
 */
export async function readCheckpoint(deps: CryptoDeps, tenantId: string): Promise<string> {
  const state = await findLogHead(deps.stores, tenantId);
  if (state === undefined) throw new AppError("not-found", `no log ${tenantId}`);
  return state.checkpoint;
}

/**
 * A tile of hashes by its path below the log, such as `tile/0/000.p/5`. Entries are not public.
 *
 * @throws AppError `not-found` for a path that is no tile of hashes, or one that the log does not have.
 * @see c2sp.org/tlog-tiles
 */
export async function readPublicTile(deps: LedgerDeps, tenantId: string, path: string): Promise<Uint8Array> {
  const tile = parseTilePath(path);
  if (tile === undefined || tile.level === "entries") throw new AppError("not-found", "no such tile");
  try {
    return await readTile(deps, tenantId, tile);
  } catch (error) {
    if (error instanceof AppError && error.code === "ledger-malformed")
      throw new AppError("not-found", "no such tile", { cause: error });
    throw error;
  }
}

/**
 * A bundle of a log's published entries, as wide as the path that names it says: for the tenant's own staff. That of an
 * earlier size stays to be had, so that whoever fetches by one checkpoint is not overtaken by the log's growth.
 *
 * @throws AppError `not-found` for one that the published log does not reach, or one that was pruned.
 * @see c2sp.org/tlog-tiles (log entries)
 */
export async function readEntryBundle(
  deps: Pick<LedgerDeps, "stores">,
  tenantId: string,
  { index, width }: Tile,
): Promise<Uint8Array> {
  const published = (await findLedgerState(deps.stores, tenantId))?.published.size ?? 0;
  // The sequencer's document may hold more already: what is not published can still be lost.
  const isPublished = index * tileWidth + width <= published;
  const bundle = isPublished ? await findBundle(deps.stores, tenantId, index) : undefined;
  if (bundle === undefined) throw new AppError("not-found", "no such bundle");
  return encodeEntryBundle(bundle.leaves.slice(0, width));
}

/** Verifier keys of a log, newest first, each with the time in which it signs. @throws AppError `not-found`, `key-unavailable`. */
export async function readLogKeys(
  deps: CryptoDeps & LogKeyDeps,
  tenantId: string,
): Promise<{ origin: string; keys: { verifierKey: string; from?: Date; until?: Date }[] }> {
  const state = await findLogHead(deps.stores, tenantId);
  if (state === undefined) throw new AppError("not-found", `no log ${tenantId}`);
  const keys = await listLogKeys(deps, state.origin);
  return {
    origin: state.origin,
    keys: keys.map(({ key, ...dates }) => ({ verifierKey: formatVerifierKey(key), ...dates })),
  };
}
