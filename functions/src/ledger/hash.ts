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
 * @param row - an even number of hashes.
 * @returns a row of half as many.
 */
export function hashPairs(row: Uint8Array): Uint8Array {
  const children = Buffer.from(row.buffer, row.byteOffset, row.length);
  let text = "";
  for (let offset = 0; offset < children.length; offset += 2 * hashBytes) {
    children.copy(nodeInput, 1, offset, offset + 2 * hashBytes);
    text += sha256(nodeInput);
  }
  return toBytes(text);
}

/** The hash at `index` of a row: a view. */
export function hashAt(row: Uint8Array, index: number): Uint8Array {
  return row.subarray(index * hashBytes, (index + 1) * hashBytes);
}
