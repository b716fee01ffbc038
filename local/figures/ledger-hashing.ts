import crypto, { hash, randomBytes } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { MerkleTree } from "merkletreejs";
import { hashLeaves } from "../../functions/src/ledger/hash.ts";
import { tileWidth } from "../../functions/src/ledger/tile.ts";
import { appendLeaves, emptyTree, rootHash, type Tree } from "../../functions/src/ledger/tree.ts";
import { atLeast, atMost, type Figure, median } from "./figure.ts";

/** About what an entry of the audit trail has. */
const leafBytes = 400;

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => randomBytes(leafBytes));
}

/** Appends leaves as the sequencer does: batch by batch, with a root after each. */
function appendInBatches(leaves: readonly Uint8Array[], from: Tree = emptyTree): { tree: Tree; root: Uint8Array } {
  let tree = from;
  let root = rootHash(tree);
  for (let start = 0; start < leaves.length; start += tileWidth) {
    tree = appendLeaves(tree, hashLeaves(leaves.slice(start, start + tileWidth))).tree;
    root = rootHash(tree);
  }
  return { tree, root };
}

/**
 * SHA-256 calls a leaf, roots included, counted where Node's crypto is called.
 *
 * @param batches - batches of 256 leaves.
 */
export function countHashesPerLeaf(batches: number): number {
  const leaves = leavesOf(batches * tileWidth);
  const original = crypto.hash;
  let calls = 0;
  crypto.hash = ((...args: Parameters<typeof original>) => {
    calls += 1;
    return original(...args);
  }) as typeof original;
  syncBuiltinESMExports();
  try {
    appendInBatches(leaves);
  } finally {
    crypto.hash = original;
    syncBuiltinESMExports();
  }
  return calls / leaves.length;
}

function milliseconds(run: () => void): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

/** Our speed as a share of the speed of two bare SHA-256 a leaf, by turns. */
function appendRatio(): number {
  const leaves = leavesOf(64 * tileWidth);
  const node = randomBytes(65);
  const bare = () => {
    for (const leaf of leaves) {
      hash("sha256", leaf, "binary");
      hash("sha256", node, "binary");
    }
  };
  const ratios: number[] = [];
  for (let round = -2; round < 15; round += 1) {
    const ratio = milliseconds(bare) / milliseconds(() => appendInBatches(leaves));
    if (round >= 0) ratios.push(ratio);
  }
  return median(ratios);
}

/** Milliseconds a leaf: theirs and ours with a root after every leaf, and with a root after every 256. */
function besideMerkletreejs(size: number): Record<"theirs" | "theirBatch" | "oneByOne" | "inBatches", number> {
  const sha256 = (value: Parameters<ConstructorParameters<typeof MerkleTree>[1]>[0]) =>
    hash("sha256", Buffer.isBuffer(value) ? value : String(value), "buffer");
  const leaves = leavesOf(size);
  const fresh = leavesOf(tileWidth);
  const hashed = leaves.map((leaf) => sha256(Buffer.from(leaf)));
  const started = appendInBatches(leaves).tree;
  const theirs = () => {
    const tree = new MerkleTree(hashed, sha256);
    const appended = fresh.slice(0, 8);
    const spent = milliseconds(() => {
      for (const leaf of appended) {
        tree.addLeaf(sha256(Buffer.from(leaf)));
        tree.getRoot();
      }
    });
    return spent / appended.length;
  };
  const theirBatch = () => {
    const tree = new MerkleTree(hashed, sha256);
    const spent = milliseconds(() => {
      tree.addLeaves(fresh.map((leaf) => sha256(Buffer.from(leaf))));
      tree.getRoot();
    });
    return spent / fresh.length;
  };
  const oneByOne = () => {
    let tree = started;
    const spent = milliseconds(() => {
      for (const leaf of fresh) {
        tree = appendLeaves(tree, hashLeaves([leaf])).tree;
        rootHash(tree);
      }
    });
    return spent / fresh.length;
  };
  const inBatches = () => milliseconds(() => appendInBatches(fresh, started)) / fresh.length;
  const ways = { theirs, theirBatch, oneByOne, inBatches };
  const times = { theirs: 0, theirBatch: 0, oneByOne: 0, inBatches: 0 };
  for (const name of ["theirs", "theirBatch", "oneByOne", "inBatches"] as const) {
    times[name] = median(Array.from({ length: 11 }, ways[name]));
  }
  return times;
}

const microseconds = (ms: number) => `${(ms * 1000).toFixed(1)} µs`;

/** What appending to the tree costs: counted, beside bare SHA-256, and beside merkletreejs. */
export function hashingFigures(): Figure[] {
  const { theirs, theirBatch, oneByOne, inBatches } = besideMerkletreejs(2_000);
  const each = (first: number, second: number) =>
    `${microseconds(first)} a leaf with a root after each, ${microseconds(second)} with a root after 256`;
  const peer = `merkletreejs ${each(theirs, theirBatch)}; ours ${each(oneByOne, inBatches)}`;
  const bare = `speed of appending ready leaves of ${leafBytes} bytes with a root a batch / two bare crypto.hash a leaf, of its bytes and of 65 bytes, asked for as text (as buffers they are slower)`;
  return [
    atMost("ledger.hashesPerEntry", countHashesPerLeaf(40), "SHA-256 a leaf in batches of 256, roots included", 2.1),
    atLeast("ledger.appendRatio", appendRatio(), bare, 0.7),
    atLeast(
      "ledger.vsMerkletreejs",
      theirs / inBatches,
      "times as fast a leaf at 2,000 leaves: ours with a root a batch of 256, merkletreejs with a root a leaf",
      500,
      peer,
    ),
  ];
}
