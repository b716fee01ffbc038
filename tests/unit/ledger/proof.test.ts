import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hashLeaf, hashLeaves, hashNode } from "../../../functions/src/ledger/hash.ts";
import {
  consistencyProof,
  type Growth,
  type HashReader,
  type Inclusion,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from "../../../functions/src/ledger/proof.ts";
import { appendLeaves, emptyTree, rootHash } from "../../../functions/src/ledger/tree.ts";
import { mth, path, proof, slowReader } from "../../support/rfc6962.ts";
import vectors from "../../vectors/rfc6962.json" with { type: "json" };

const bytes = (hex: string) => Buffer.from(hex, "hex");
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
const malformed = expect.objectContaining({ code: "ledger-malformed" });
const leaves = vectors.leaves.map(bytes);
const root = (size: number) => bytes(vectors.roots[size - 1] ?? vectors.emptyRoot);
const leafHash = (index: number) => hashLeaf(leaves[index] ?? Buffer.alloc(0));

/** Every way to spoil a list of hashes by one edit. */
function spoiled(hashes: readonly Uint8Array[]): Uint8Array[][] {
  const extra = [Buffer.alloc(32, 7), Buffer.alloc(0), root(8)];
  const flipped = hashes.map((hash, index) =>
    hashes.with(index, Buffer.from(hash.map((byte, at) => (at === 0 ? byte ^ 8 : byte)))),
  );
  return [
    ...flipped,
    ...hashes.map((_, index) => hashes.filter((__, at) => at !== index)),
    ...hashes.map((hash, index) => hashes.with(index, hash.subarray(1))),
    ...extra.flatMap((hash) => [
      [...hashes, hash],
      [hash, ...hashes],
    ]),
    ...(hashes.length > 1 ? [hashes.toReversed()] : []),
  ];
}

describe("inclusion proofs", () => {
  it.each(vectors.inclusionProofs)(
    "of leaf $index in $size are the published ones",
    async ({ index, size, hashes }) => {
      expect((await inclusionProof(slowReader(leaves.slice(0, size)), index, size)).map(hex)).toEqual(hashes);
      verifyInclusion({ leafHash: leafHash(index), index, size, root: root(size) }, hashes.map(bytes));
    },
  );

  it.each(vectors.inclusionProofs)("of leaf $index in $size verify for nothing else", ({ index, size, hashes }) => {
    const good: Inclusion = { leafHash: leafHash(index), index, size, root: root(size) };
    const others: Inclusion[] = [
      ...[index - 1, index + 1, index ^ 2, size].map((other) => ({ ...good, index: other })),
      ...[index, size * 2, Math.floor(size / 2), size + 2 ** 40].map((other) => ({ ...good, size: other })),
      ...[leafHash(index + 1), good.leafHash.subarray(1), Buffer.alloc(0)].map((other) => ({
        ...good,
        leafHash: other,
      })),
      ...[bytes(vectors.emptyRoot), Buffer.alloc(32, 1), Buffer.alloc(0)].map((other) => ({ ...good, root: other })),
    ];
    for (const other of others) expect(() => verifyInclusion(other, hashes.map(bytes))).toThrow(malformed);
    for (const bad of spoiled(hashes.map(bytes))) expect(() => verifyInclusion(good, bad)).toThrow(malformed);
  });

  it.each([
    [0, 0],
    [3, 3],
    [-1, 3],
    [0.5, 3],
    [0, Number.MAX_SAFE_INTEGER + 1],
  ])("of leaf %d in %d are refused", async (index, size) => {
    await expect(inclusionProof(slowReader(leaves), index, size)).rejects.toEqual(malformed);
    expect(() => verifyInclusion({ leafHash: leafHash(0), index, size, root: root(1) }, [])).toThrow(malformed);
  });
});

describe("consistency proofs", () => {
  it.each(vectors.consistencyProofs)(
    "from $oldSize to $newSize are the published ones",
    async ({ oldSize, newSize, hashes }) => {
      expect((await consistencyProof(slowReader(leaves.slice(0, newSize)), oldSize, newSize)).map(hex)).toEqual(hashes);
      verifyConsistency({ oldSize, newSize, oldRoot: root(oldSize), newRoot: root(newSize) }, hashes.map(bytes));
    },
  );

  it.each(vectors.consistencyProofs)(
    "from $oldSize to $newSize verify for nothing else",
    ({ oldSize, newSize, hashes }) => {
      const good: Growth = { oldSize, newSize, oldRoot: root(oldSize), newRoot: root(newSize) };
      const wrong = [Buffer.alloc(32, 1), Buffer.alloc(0), bytes(vectors.emptyRoot)];
      const others: Growth[] = [
        ...[oldSize - 1, oldSize + 1, oldSize ^ 2].map((other) => ({ ...good, oldSize: other })),
        ...[newSize * 2, Math.floor(newSize / 2)].map((other) => ({ ...good, newSize: other })),
        ...wrong.flatMap((other) => [
          { ...good, oldRoot: other },
          { ...good, newRoot: other },
        ]),
        ...(oldSize === newSize ? [] : [{ ...good, oldRoot: good.newRoot, newRoot: good.oldRoot }]),
      ];
      for (const other of others) expect(() => verifyConsistency(other, hashes.map(bytes))).toThrow(malformed);
      for (const bad of spoiled(hashes.map(bytes))) expect(() => verifyConsistency(good, bad)).toThrow(malformed);
    },
  );

  it("from an empty tree are empty, and need its root", async () => {
    expect(await consistencyProof(slowReader(leaves), 0, 8)).toEqual([]);
    const growth = { oldSize: 0, newSize: 8, newRoot: root(8) };
    verifyConsistency({ ...growth, oldRoot: bytes(vectors.emptyRoot) }, []);
    expect(() => verifyConsistency({ ...growth, oldRoot: root(1) }, [])).toThrow(malformed);
    expect(() => verifyConsistency({ ...growth, oldRoot: bytes(vectors.emptyRoot) }, [root(1)])).toThrow(malformed);
  });

  it.each([
    [2, 1],
    [-1, 1],
    [1.5, 3],
    [1, Number.MAX_SAFE_INTEGER + 1],
  ])("from %d to %d are refused", async (oldSize, newSize) => {
    await expect(consistencyProof(slowReader(leaves), oldSize, newSize)).rejects.toEqual(malformed);
    expect(() => verifyConsistency({ oldSize, newSize, oldRoot: root(1), newRoot: root(1) }, [])).toThrow(malformed);
  });
});

describe("proofs of any log", () => {
  const sizes = fc.integer({ min: 1, max: 300 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

  it("are those of RFC 6962, and bind the leaf and both roots", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.uint8Array({ minLength: 1, maxLength: 4 }), async ([size, index], salt) => {
        const log = Array.from({ length: size }, (_, at) => Buffer.from([...salt, at >> 8, at & 0xff]));
        const newRoot = mth(log);
        const included = path(index, log);
        expect((await inclusionProof(slowReader(log), index, size)).map(hex)).toEqual(included.map(hex));
        const inclusion = { leafHash: mth(log.slice(index, index + 1)), index, size, root: newRoot };
        verifyInclusion(inclusion, included);
        for (const bad of spoiled(included)) expect(() => verifyInclusion(inclusion, bad)).toThrow(malformed);

        const oldSize = index + 1;
        const grown = proof(oldSize, log);
        expect((await consistencyProof(slowReader(log), oldSize, size)).map(hex)).toEqual(grown.map(hex));
        const growth = { oldSize, oldRoot: mth(log.slice(0, oldSize)), newSize: size, newRoot };
        verifyConsistency(growth, grown);
        for (const bad of spoiled(grown)) expect(() => verifyConsistency(growth, bad)).toThrow(malformed);
      }),
      { numRuns: 60 },
    );
  });

  it("work up to the largest size that can be counted", async () => {
    // Every leaf is the same, so that a complete subtree's hash depends on its level alone.
    const leaf = hashLeaf(Buffer.from("same"));
    const levels = [leaf];
    for (let node = leaf; levels.length <= 53; levels.push(node)) node = hashNode(node, node);
    const read: HashReader = (level) => levels[level] ?? leaf;
    const edgeOf = (size: number) => levels.filter((_, level) => Math.floor(size / 2 ** level) % 2 === 1).toReversed();
    const rootOf = (size: number) => rootHash({ size, edge: Buffer.concat(edgeOf(size)) });
    for (const size of [2 ** 32, 2 ** 32 + 1, 2 ** 40 + 3, 2 ** 49 + 1, 2 ** 53 - 2, 2 ** 53 - 1]) {
      for (const index of [0, 1, 2 ** 31, Math.floor(size / 3), size - 2, size - 1]) {
        const hashes = await inclusionProof(read, index, size);
        expect(hashes.length).toBeLessThanOrEqual(53);
        verifyInclusion({ leafHash: leaf, index, size, root: rootOf(size) }, hashes);
        const growth = { oldSize: index + 1, oldRoot: rootOf(index + 1), newSize: size, newRoot: rootOf(size) };
        verifyConsistency(growth, await consistencyProof(read, index + 1, size));
      }
    }
  });

  it("join each checkpoint of a growing log to every later one", async () => {
    const log = Array.from({ length: 90 }, (_, at) => Buffer.from(`leaf ${at}`));
    const checkpoints = [{ size: 0, root: root(0) }];
    let tree = emptyTree;
    for (let from = 0; from < log.length; from += 9) {
      tree = appendLeaves(tree, hashLeaves(log.slice(from, from + 9))).tree;
      checkpoints.push({ size: tree.size, root: Buffer.from(rootHash(tree)) });
    }
    for (const [place, older] of checkpoints.entries()) {
      for (const newer of checkpoints.slice(place)) {
        const hashes = await consistencyProof(slowReader(log), older.size, newer.size);
        verifyConsistency(
          { oldSize: older.size, oldRoot: older.root, newSize: newer.size, newRoot: newer.root },
          hashes,
        );
      }
    }
  });
});
