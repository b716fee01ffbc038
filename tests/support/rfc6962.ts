import { createHash } from "node:crypto";
import { expect } from "@jest/globals";
import {
  consistencyProof,
  type HashReader,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from "../../functions/src/ledger/proof.ts";
import { rootHash, type Tree } from "../../functions/src/ledger/tree.ts";

/** D[n] of RFC 6962: the leaves, in order. */
type Leaves = readonly Uint8Array[];

const sha256 = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();

/** The largest power of two smaller than n. */
function k(n: number): number {
  return n <= 2 ? 1 : 2 * k(Math.ceil(n / 2));
}

/** MTH(D[n]), transcribed from RFC 6962 §2.1: slow, recursive, and nothing of ours. */
export function mth(d: Leaves): Buffer {
  const [leaf] = d;
  if (leaf === undefined) return sha256();
  if (d.length === 1) return sha256(Uint8Array.of(0), leaf);
  return sha256(Uint8Array.of(1), mth(d.slice(0, k(d.length))), mth(d.slice(k(d.length))));
}

/** PATH(m, D[n]), RFC 6962 §2.1.1. */
export function path(m: number, d: Leaves): Buffer[] {
  if (d.length === 1) return [];
  const [left, right] = [d.slice(0, k(d.length)), d.slice(k(d.length))];
  return m < left.length ? [...path(m, left), mth(right)] : [...path(m - left.length, right), mth(left)];
}

/** PROOF(m, D[n]), RFC 6962 §2.1.2, for 0 < m < n; empty for m = n. */
export function proof(m: number, d: Leaves): Buffer[] {
  return subproof(m, d, true);
}

function subproof(m: number, d: Leaves, b: boolean): Buffer[] {
  if (m === d.length) return b ? [] : [mth(d)];
  const [left, right] = [d.slice(0, k(d.length)), d.slice(k(d.length))];
  return m <= left.length
    ? [...subproof(m, left, b), mth(right)]
    : [...subproof(m - left.length, right, false), mth(left)];
}

/** Hashes of the complete subtrees of a log, each computed anew. */
export function slowReader(d: Leaves): HashReader {
  return (level, index) => {
    const width = 2 ** level;
    const leaves = d.slice(index * width, (index + 1) * width);
    if (leaves.length !== width) throw new RangeError(`subtree ${level}/${index} is not complete`);
    return mth(leaves);
  };
}

/**
 * Checks every invariant of a tree over its leaves: edge, root, and at `sample` places inclusion and consistency
 * proofs, which are those of the RFC, verify, and are no longer than it allows.
 *
 * @param read - the tree's hashes as the code under test gives them.
 * @param sample - indexes of leaves, and old sizes.
 */
export async function checkTree(tree: Tree, d: Leaves, read: HashReader, sample: readonly number[]): Promise<void> {
  const root = mth(d);
  expect(tree.size).toBe(d.length);
  expect(hex(rootHash(tree))).toBe(hex(root));
  expect(hex(tree.edge)).toBe(hex(Buffer.concat(completeSubtrees(d))));
  const levels = d.length === 0 ? 0 : Math.ceil(Math.log2(d.length));
  for (const index of sample.filter((place) => place < d.length)) {
    const hashes = await inclusionProof(read, index, d.length);
    expect(hashes.map(hex)).toEqual(path(index, d).map(hex));
    expect(hashes.length).toBeLessThanOrEqual(levels);
    verifyInclusion({ leafHash: mth(d.slice(index, index + 1)), index, size: d.length, root }, hashes);
  }
  for (const oldSize of sample.filter((place) => place <= d.length)) {
    const hashes = await consistencyProof(read, oldSize, d.length);
    expect(hashes.map(hex)).toEqual(oldSize === 0 ? [] : proof(oldSize, d).map(hex));
    expect(hashes.length).toBeLessThanOrEqual(levels + 1);
    verifyConsistency({ oldSize, oldRoot: mth(d.slice(0, oldSize)), newSize: d.length, newRoot: root }, hashes);
  }
}

/** Roots of the complete subtrees that a log falls into, the largest first. */
function completeSubtrees(d: Leaves): Buffer[] {
  if (d.length === 0) return [];
  const width = Number.isInteger(Math.log2(d.length)) ? d.length : k(d.length);
  return [mth(d.slice(0, width)), ...completeSubtrees(d.slice(width))];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
