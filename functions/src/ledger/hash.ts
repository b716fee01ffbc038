import { hash } from "node:crypto";
import { AppError } from "../platform/errors.ts";

/** Length of a SHA-256 hash. Hashes of one level stand in a row: 32 bytes each, one after another, as in a tile. */
export const hashBytes = 32;

/** An entry bundle's length prefix has 16 bits. */
export const leafLimitBytes = 65_535;

// A hash is asked for as text, and a row is made of its text at once: a result buffer for each hash, which is
// memory outside the heap, takes three times as long.
const sha256 = (input: Uint8Array): string => hash("sha256", input, "binary");
const toBytes = (text: string): Uint8Array => Buffer.from(text, "binary");

const leafInput = Buffer.alloc(1 + leafLimitBytes, 0x00);
const nodeInput = Buffer.alloc(1 + 2 * hashBytes, 0x01);
/** Views of `leafInput` by length of the leaf, at most 65,536: making one takes as long as copying the leaf. */
const leafInputs: Uint8Array[] = [];

/** Hash of a tree without leaves. @see RFC 6962 §2.1 */
export function emptyRoot(): Uint8Array {
  return hash("sha256", "", "buffer");
}

/**
 * Leaf hashes, SHA-256(0x00 || leaf), in a row.
 *
 * @throws AppError `ledger-malformed` if a leaf has more than 65,535 bytes.
 * @see RFC 6962 §2.1
 */
export function hashLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  let text = "";
  for (const leaf of leaves) {
    if (leaf.length > leafLimitBytes) {
      throw new AppError("ledger-malformed", `leaf has ${leaf.length} bytes, more than ${leafLimitBytes}`);
    }
    leafInput.set(leaf, 1);
    text += sha256(inputOf(leaf.length));
  }
  return toBytes(text);
}

/** One leaf's hash. @throws AppError `ledger-malformed` as `hashLeaves` does. */
export function hashLeaf(leaf: Uint8Array): Uint8Array {
  return hashLeaves([leaf]);
}

/** The leaf input's bytes for a leaf of this length. */
function inputOf(leafBytes: number): Uint8Array {
  const known = leafInputs[leafBytes];
  if (known !== undefined) return known;
  const input = leafInput.subarray(0, 1 + leafBytes);
  leafInputs[leafBytes] = input;
  return input;
}

/**
 * Hash of an inner node, SHA-256(0x01 || left || right).
 *
 * @throws AppError `ledger-malformed` if a child is no SHA-256 hash.
 * @see RFC 6962 §2.1
 */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== hashBytes || right.length !== hashBytes) {
    throw new AppError("ledger-malformed", `node has children of ${left.length} and ${right.length} bytes, not 32`);
  }
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + hashBytes);
  return toBytes(sha256(nodeInput));
}

/**
 * Hashes of the parents of a row of nodes.
 *
 * @param row - an odd last hash has no parent yet and is left out.
 * @returns a row of half as many.
 */
export function hashPairs(row: Uint8Array): Uint8Array {
  const children = bufferOf(row);
  let text = "";
  for (let end = 2 * hashBytes; end <= children.length; end += 2 * hashBytes) {
    children.copy(nodeInput, 1, end - 2 * hashBytes, end);
    text += sha256(nodeInput);
  }
  return toBytes(text);
}

/**
 * Joins a row into one hash from the right: the last two have a parent, that and the one before them, and so on.
 *
 * @param row - at least one hash.
 */
export function hashRightToLeft(row: Uint8Array): Uint8Array {
  const hashes = bufferOf(row);
  let start = hashes.length - hashBytes;
  let text = hashes.toString("binary", start);
  while (start > 0) {
    start -= hashBytes;
    hashes.copy(nodeInput, 1, start, start + hashBytes);
    nodeInput.write(text, 1 + hashBytes, "binary");
    text = sha256(nodeInput);
  }
  return toBytes(text);
}

/** The hash at `index` of a row: a view. */
export function hashAt(row: Uint8Array, index: number): Uint8Array {
  return row.subarray(index * hashBytes, (index + 1) * hashBytes);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
