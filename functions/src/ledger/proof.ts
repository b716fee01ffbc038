import { AppError } from "../platform/errors.ts";
import { emptyRoot, hashNode } from "./hash.ts";

/**
 * Gives the hash of a complete subtree: of the leaves `index * 2^level` to `(index + 1) * 2^level`, the last one
 * exclusive. Only subtrees of the tree that is proven are asked for.
 */
export type HashReader = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/** What an inclusion proof is about. */
export type Inclusion = {
  readonly leafHash: Uint8Array;
  /** Of the leaf, from 0. */
  readonly index: number;
  /** Of the tree. */
  readonly size: number;
  readonly root: Uint8Array;
};

/** What a consistency proof is about: that the old tree is the beginning of the new one. */
export type Growth = {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
};

/**
 * Proves that a leaf is in a tree.
 *
 * @param index - of the leaf, below `size`.
 * @returns hashes from the leaf's sibling to the root's child: at most ceil(log2 size).
 * @throws AppError `ledger-malformed` unless 0 <= index < size.
 * @see RFC 6962 §2.1.1
 */
export async function inclusionProof(read: HashReader, index: number, size: number): Promise<Uint8Array[]> {
  const { turns } = descendToLeaf(index, size);
  return Promise.all(turns.map(({ from, to }) => hashOfRange(read, from, to)));
}

/**
 * Checks that a leaf is in a tree.
 *
 * @throws AppError `ledger-malformed` if the proof does not lead from the leaf to the root.
 * @see RFC 6962 §2.1.1
 */
export function verifyInclusion({ leafHash, index, size, root }: Inclusion, proof: readonly Uint8Array[]): void {
  const what = `inclusion proof of leaf ${index} in a tree of ${size}`;
  const steps = withHashes(what, descendToLeaf(index, size).turns, proof);
  const top = steps.reduce(climb, leafHash);
  if (!same(top, root)) throw malformed(`${what} does not lead to the root`);
}

/**
 * Proves that a tree grew from an older one.
 *
 * @returns at most ceil(log2 newSize) + 1 hashes; none if the old tree is empty or the whole.
 * @throws AppError `ledger-malformed` unless 0 <= oldSize <= newSize.
 * @see RFC 6962 §2.1.2
 */
export async function consistencyProof(read: HashReader, oldSize: number, newSize: number): Promise<Uint8Array[]> {
  assertGrowth(oldSize, newSize);
  if (oldSize === 0) return [];
  const { turns, from } = descendToEnd(oldSize, newSize);
  const path = turns.map((turn) => hashOfRange(read, turn.from, turn.to));
  // An old tree that is one complete subtree has the root that the verifier starts from.
  return Promise.all(from === 0 ? path : [hashOfRange(read, from, oldSize), ...path]);
}

/**
 * Checks that a tree grew from an older one.
 *
 * @throws AppError `ledger-malformed` if the proof does not lead to both roots.
 * @see RFC 6962 §2.1.2
 */
export function verifyConsistency(growth: Growth, proof: readonly Uint8Array[]): void {
  const { oldSize, oldRoot, newSize, newRoot } = growth;
  assertGrowth(oldSize, newSize);
  const what = `consistency proof from ${oldSize} to ${newSize} leaves`;
  if (oldSize === 0) {
    withHashes(what, [], proof);
    if (!same(oldRoot, emptyRoot())) throw malformed("the old root is not that of an empty tree");
    return;
  }
  const { turns, from } = descendToEnd(oldSize, newSize);
  const [start, path] = from === 0 ? [oldRoot, proof] : [proof[0] ?? oldRoot, proof.slice(1)];
  const steps = withHashes(what, turns, path);
  const oldTop = steps.filter(({ side }) => side === "left").reduce(climb, start);
  const newTop = steps.reduce(climb, start);
  if (!same(oldTop, oldRoot)) throw malformed(`${what} does not lead to the old root`);
  if (!same(newTop, newRoot)) throw malformed(`${what} does not lead to the new root`);
}

/** One turn on the way down from the root: the half that was not taken, leaves `from` to `to` exclusive. */
type Turn = { readonly side: "left" | "right"; readonly from: number; readonly to: number };
/** A way down, its turns from the bottom up, and where the leaves start on which it ended. */
type Descent = { readonly turns: Turn[]; readonly from: number };
type Step = { readonly side: "left" | "right"; readonly hash: Uint8Array };

/** The way to a leaf. */
function descendToLeaf(index: number, size: number): Descent {
  if (!isSize(size) || !isSize(index) || index >= size) throw malformed(`a tree of ${size} has no leaf ${index}`);
  return descend(index, size, (from, to) => to - from === 1);
}

/** The way to the last complete subtree of the old tree. */
function descendToEnd(oldSize: number, newSize: number): Descent {
  return descend(oldSize - 1, newSize, (_, to) => to === oldSize);
}

function descend(index: number, size: number, isEnd: (from: number, to: number) => boolean): Descent {
  const turns: Turn[] = [];
  let [from, to] = [0, size];
  while (!isEnd(from, to)) {
    const middle = from + largestPowerBelow(to - from);
    if (index < middle) {
      turns.unshift({ side: "right", from: middle, to });
      to = middle;
    } else {
      turns.unshift({ side: "left", from, to: middle });
      from = middle;
    }
  }
  return { turns, from };
}

/** Root of the leaves `from` to `to` exclusive, a range on which a way down can turn or end. */
async function hashOfRange(read: HashReader, from: number, to: number): Promise<Uint8Array> {
  const width = to - from;
  let level = 0;
  while (2 ** level < width) level++;
  if (2 ** level === width) return read(level, from / width);
  const middle = from + 2 ** (level - 1);
  return hashNode(...(await Promise.all([hashOfRange(read, from, middle), hashOfRange(read, middle, to)])));
}

/** The k of RFC 6962: the largest power of two below `width`, which is at least 2. */
function largestPowerBelow(width: number): number {
  let power = 1;
  while (power * 2 < width) power *= 2;
  return power;
}

function withHashes(what: string, turns: readonly Turn[], hashes: readonly Uint8Array[]): Step[] {
  if (hashes.length !== turns.length) throw malformed(`${what} has not the ${turns.length} turns of its tree`);
  return hashes.flatMap((hash, index) => {
    const turn = turns[index];
    return turn === undefined ? [] : [{ side: turn.side, hash }];
  });
}

function climb(hash: Uint8Array, step: Step): Uint8Array {
  return step.side === "left" ? hashNode(step.hash, hash) : hashNode(hash, step.hash);
}

function assertGrowth(oldSize: number, newSize: number): void {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) {
    throw malformed(`a tree of ${oldSize} leaves does not grow to ${newSize}`);
  }
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function malformed(message: string): AppError {
  return new AppError("ledger-malformed", message);
}
