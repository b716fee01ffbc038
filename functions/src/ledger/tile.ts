import { AppError } from "../platform/errors.ts";
import { hashBytes, hashPairs, leafLimitBytes } from "./hash.ts";
import type { HashReader } from "./proof.ts";
import { tileHeight } from "./tree.ts";

/** Hashes in a full tile, and leaves in a full entry bundle. */
export const tileWidth = 256;

/** A file of the log: a tile of hashes at a level, or a bundle of entries. */
export type Tile = {
  readonly level: number | "entries";
  /** Of the tile within its level. */
  readonly index: number;
  /** Number of hashes or entries, 1 to 256; fewer than 256 make a partial tile. */
  readonly width: number;
};

const levelLimit = 63;

/**
 * Path of a tile, under the log's prefix: `tile/<L>/<N>[.p/<W>]`, or `tile/entries/<N>[.p/<W>]`.
 *
 * @see c2sp.org/tlog-tiles
 */
export function tilePath({ level, index, width }: Tile): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}${width === tileWidth ? "" : `.p/${width}`}`;
}

/**
 * Reads a tile's path.
 *
 * @returns undefined for any text that `tilePath` does not write.
 */
export function parseTilePath(path: string): Tile | undefined {
  const parts = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (parts === null) return undefined;
  const [, level = "", index = "", width = String(tileWidth)] = parts;
  const tile: Tile = {
    level: level === "entries" ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, "")),
    width: Number(width),
  };
  if (tile.width < 1 || tile.width > tileWidth || !Number.isSafeInteger(tile.index)) return undefined;
  if (tile.level !== "entries" && tile.level > levelLimit) return undefined;
  return tilePath(tile) === path ? tile : undefined;
}

/**
 * Tiles of hashes that differ between two sizes of a log, the lower levels first; with `fromSize` 0 all tiles.
 * The rightmost one of a level may be partial, and is a file of its own at every size.
 *
 * @see c2sp.org/tlog-tiles (partial tiles)
 */
export function changedTiles(fromSize: number, toSize: number): Tile[] {
  const tiles: Tile[] = [];
  let [before, after] = [fromSize, toSize];
  for (let level = 0; after > 0; level++) {
    tiles.push(...tilesBetween(level, before, after));
    [before, after] = [Math.floor(before / tileWidth), Math.floor(after / tileWidth)];
  }
  return tiles;
}

/** Entry bundles that differ between two sizes of a log. */
export function changedBundles(fromSize: number, toSize: number): Tile[] {
  return tilesBetween("entries", fromSize, toSize);
}

/**
 * Bytes of an entry bundle: each leaf after its length as a big-endian uint16.
 *
 * @throws AppError `ledger-malformed` for none or more than 256 leaves, or one of more than 65,535 bytes.
 */
export function encodeEntryBundle(leaves: readonly Uint8Array[]): Uint8Array {
  assertWidth(leaves.length);
  const parts: Uint8Array[] = [];
  for (const leaf of leaves) {
    if (leaf.length > leafLimitBytes) throw malformed(`an entry has ${leaf.length} bytes, more than ${leafLimitBytes}`);
    parts.push(Uint8Array.of(leaf.length >> 8, leaf.length & 0xff), leaf);
  }
  return Buffer.concat(parts);
}

/**
 * Reads an entry bundle.
 *
 * @returns views on `bytes`.
 * @throws AppError `ledger-malformed` unless it holds exactly `width` entries and nothing else.
 */
export function decodeEntryBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  assertWidth(width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const leaves: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = offset + 2 > bytes.length ? Number.POSITIVE_INFINITY : offset + 2 + view.getUint16(offset);
    if (end > bytes.length) throw malformed(`entry ${leaves.length} of the bundle is cut short`);
    leaves.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  if (leaves.length !== width) throw malformed(`the bundle holds ${leaves.length} entries, not ${width}`);
  return leaves;
}

/**
 * Reads hashes out of the tiles of a log of a size. Each tile is fetched once.
 *
 * @param readTile - bytes of a tile; asked only for tiles that a log of this size has.
 * @returns a reader for proofs, that throws AppError `ledger-malformed` if a tile has not the bytes of its width.
 */
export function tileReader(size: number, readTile: (tile: Tile) => Promise<Uint8Array>): HashReader {
  const fetched = new Map<string, Promise<Uint8Array>>();
  return async (level, index) => {
    const tileLevel = Math.floor(level / tileHeight);
    const hashesBelow = 2 ** (level % tileHeight); // hashes of the tile under the hash we want
    const first = index * hashesBelow;
    const tile = tileAt(size, tileLevel, Math.floor(first / tileWidth));
    if ((first % tileWidth) + hashesBelow > tile.width)
      throw malformed(`a log of ${size} has no hash ${level}/${index}`);
    const path = tilePath(tile);
    const reading = fetched.get(path) ?? readTile(tile);
    fetched.set(path, reading);
    const bytes = await reading;
    if (bytes.length !== tile.width * hashBytes) throw malformed(`${path} has ${bytes.length} bytes`);
    const from = (first % tileWidth) * hashBytes;
    let row = bytes.subarray(from, from + hashesBelow * hashBytes);
    while (row.length > hashBytes) row = hashPairs(row);
    return row;
  };
}

/** The tile at a place, as wide as a log of this size makes it. */
function tileAt(size: number, level: number, index: number): Tile {
  const hashes = Math.floor(size / tileWidth ** level);
  return { level, index, width: Math.min(tileWidth, hashes - index * tileWidth) };
}

/** Tiles of one level with items `before` to `after` exclusive, as wide as `after` makes them. */
function tilesBetween(level: number | "entries", before: number, after: number): Tile[] {
  const tiles: Tile[] = [];
  if (before === after) return tiles;
  for (let index = Math.floor(before / tileWidth); index * tileWidth < after; index++) {
    tiles.push({ level, index, width: Math.min(tileWidth, after - index * tileWidth) });
  }
  return tiles;
}

function assertWidth(width: number): void {
  if (!Number.isInteger(width) || width < 1 || width > tileWidth) throw malformed(`a tile is not ${width} wide`);
}

function malformed(message: string): AppError {
  return new AppError("ledger-malformed", message);
}
