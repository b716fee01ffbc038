// RFC 6962 Merkle trees. Sizes go up to 2^53, so halves are taken by division.
import * as crypto from "node:crypto";

/** @type {(bytes: Uint8Array) => Buffer} */
export function sha256(bytes) {
  // Hashing in one call is faster; Node has it from 20.12.
  return crypto.hash ? crypto.hash("sha256", bytes, "buffer") : crypto.createHash("sha256").update(bytes).digest();
}

/** @type {(a: Uint8Array, b: Uint8Array) => boolean} */
export const same = (a, b) => Buffer.compare(a, b) === 0;

/** @type {(entry: Uint8Array) => Buffer} @see RFC 6962 §2.1 */
export const leafHash = (entry) => sha256(Buffer.concat([Buffer.of(0), entry]));

const node = Buffer.alloc(65, 1);

/** @type {(left: Uint8Array, right: Uint8Array) => Buffer} @see RFC 6962 §2.1 */
export function nodeHash(left, right) {
  node.set(left, 1);
  node.set(right, 33);
  return sha256(node);
}

/** A growing tree, of which only the right edge is held: at most one complete subtree of each height. */
export class GrowingTree {
  size = 0;
  /** @type {Uint8Array[]} */
  #subtrees = [];

  /** @param {(level: number, hash: Uint8Array) => void} [onTileHash] - told the hashes of tile levels from 1. */
  constructor(onTileHash = () => {}) {
    this.onTileHash = onTileHash;
  }

  /** Adds a leaf by its hash. @param {Uint8Array} hash */
  push(hash) {
    let [subtree, height] = [hash, 0];
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) {
      subtree = nodeHash(this.#subtrees.pop() ?? hash, subtree);
      height += 1;
      if (height % 8 === 0) this.onTileHash(height / 8, subtree);
    }
    this.#subtrees.push(subtree);
    this.size += 1;
  }

  /** @returns {Uint8Array} */
  root() {
    if (this.size === 0) return sha256(new Uint8Array());
    return this.#subtrees.reduceRight((right, left) => nodeHash(left, right));
  }
}

/**
 * Whether an inclusion proof leads from a leaf's hash to the root of a tree of `size` leaves.
 * @type {(index: number, size: number, leaf: Uint8Array, proof: Uint8Array[], root: Uint8Array) => boolean}
 * @see RFC 6962 §2.1.1, the definition of PATH, read from its end
 */
export function isIncluded(index, size, leaf, proof, root) {
  const left = [...proof];
  /** @type {(m: number, n: number) => Uint8Array} */
  const path = (m, n) => {
    if (n === 1) return leaf;
    const [k, sibling] = [split(n), left.pop() ?? missing];
    return m < k ? nodeHash(path(m, k), sibling) : nodeHash(sibling, path(m - k, n - k));
  };
  return same(path(index, size), root) && left.length === 0;
}

/**
 * Whether a consistency proof shows that the older tree is the beginning of the newer one, which is not smaller.
 * @type {(older: { size: number, root: Uint8Array }, newer: { size: number, root: Uint8Array },
 *   proof: Uint8Array[]) => boolean}
 * @see RFC 6962 §2.1.2, the definition of SUBPROOF, read from its end
 */
export function isConsistent(older, newer, proof) {
  const left = [...proof];
  /** @type {(m: number, n: number, isWhole: boolean) => [inOlder: Uint8Array, inNewer: Uint8Array]} */
  const subproof = (m, n, isWhole) => {
    if (m === n) {
      const hash = isWhole ? older.root : (left.pop() ?? missing);
      return [hash, hash];
    }
    const [k, sibling] = [split(n), left.pop() ?? missing];
    const [a, b] = m <= k ? subproof(m, k, isWhole) : subproof(m - k, n - k, false);
    return m <= k ? [a, nodeHash(b, sibling)] : [nodeHash(sibling, a), nodeHash(sibling, b)];
  };
  // Every tree continues the empty one, whose proof is empty.
  const start = new GrowingTree().root();
  const [inOlder, inNewer] = older.size === 0 ? [start, newer.root] : subproof(older.size, newer.size, true);
  return same(inOlder, older.root) && same(inNewer, newer.root) && left.length === 0;
}

/** Stands for a hash that a proof lacks, and leads to no root that anybody signed. */
const missing = Buffer.alloc(32);

/** The largest power of two below n. @type {(n: number) => number} */
function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
