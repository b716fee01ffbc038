import { AppError } from "../platform/errors.ts";
import { emptyRoot, hashAt, hashBytes, hashPairs, hashRightToLeft } from "./hash.ts";

/**
 * A tree that only grows, as its right edge: the roots of the complete subtrees that its leaves fall into,
 * one for each set bit of `size`, the largest first. It is all that appending and the root hash need.
 */
export type Tree = {
  /** Number of leaves. */
  readonly size: number;
  /** The roots in a row, 32 bytes each. */
  readonly edge: Uint8Array;
};

/** Hashes which growth completed at a level that tiles hold. */
export type TileRow = {
  /** Tile level: 0 holds leaf hashes, each next one nodes 8 tree levels up. */
  readonly level: number;
  /** Index of the first hash in its level. */
  readonly firstIndex: number;
  /** The hashes in a row, 32 bytes each. */
  readonly hashes: Uint8Array;
};

/** Tree levels in a tile. @see c2sp.org/tlog-tiles */
export const tileHeight = 8;

export const emptyTree: Tree = { size: 0, edge: new Uint8Array(0) };

/**
 * Appends leaf hashes: one SHA-256 for each node they complete, so at most one a leaf and one a level.
 *
 * @param leafHashes - in a row, from `hashLeaves`.
 * @returns the grown tree and, for each tile level, what it completed.
 * @throws AppError `ledger-malformed` if the edge does not fit the size, a row is not whole hashes, or the tree grows
 * beyond 2^53 - 1 leaves.
 * @see RFC 6962 §2.1
 */
export function appendLeaves(tree: Tree, leafHashes: Uint8Array): { tree: Tree; tileRows: TileRow[] } {
  assertWholeTree(tree);
  const size = tree.size + leafHashes.length / hashBytes;
  if (!Number.isSafeInteger(size)) {
    throw new AppError("ledger-malformed", `a tree of ${tree.size} leaves cannot grow by ${leafHashes.length} bytes`);
  }

  const tileRows: TileRow[] = [];
  const edge: Uint8Array[] = []; // smallest subtree first
  let rest = tree.edge.length / hashBytes; // hashes of the old edge that no level has taken yet
  let firstIndex = tree.size;
  let row = leafHashes;
  for (let level = 0; row.length > 0; level++) {
    if (level % tileHeight === 0) tileRows.push({ level: level / tileHeight, firstIndex, hashes: row });
    if (firstIndex % 2 === 1) row = Buffer.concat([hashAt(tree.edge, --rest), row]);
    if ((row.length / hashBytes) % 2 === 1) edge.push(row.subarray(-hashBytes));
    if (row.length < 2 * hashBytes) break;
    row = hashPairs(row);
    firstIndex = Math.floor(firstIndex / 2);
  }
  edge.push(tree.edge.subarray(0, rest * hashBytes));
  return { tree: { size, edge: Buffer.concat(edge.reverse()) }, tileRows };
}

/**
 * Root hash of the tree: at most one SHA-256 a level.
 *
 * @throws AppError `ledger-malformed` if the edge does not fit the size.
 * @see RFC 6962 §2.1
 */
export function rootHash(tree: Tree): Uint8Array {
  assertWholeTree(tree);
  return tree.size === 0 ? emptyRoot() : hashRightToLeft(tree.edge);
}

function assertWholeTree(tree: Tree): void {
  let edgeHashes = 0;
  for (let rest = tree.size; rest > 0; rest = Math.floor(rest / 2)) edgeHashes += rest % 2;
  if (!Number.isSafeInteger(tree.size) || tree.size < 0 || tree.edge.length !== edgeHashes * hashBytes) {
    throw new AppError("ledger-malformed", `a tree of ${tree.size} leaves has no edge of ${tree.edge.length} bytes`);
  }
}
