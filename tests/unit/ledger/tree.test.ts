import { describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { hashLeaf, hashLeaves, hashNode } from "../../../functions/src/ledger/hash.ts";
import { appendLeaves, emptyTree, rootHash, type TileRow, type Tree } from "../../../functions/src/ledger/tree.ts";
import { checkTree, mth, slowReader } from "../../support/rfc6962.ts";
import vectors from "../../vectors/rfc6962.json" with { type: "json" };

const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
const malformed = expect.objectContaining({ code: "ledger-malformed" });
const numbered = (count: number) => Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`));
const publishedLeaves = vectors.leaves.map((leaf) => Buffer.from(leaf, "hex"));

/** Appends leaves in batches of the given sizes. */
function grown(leaves: readonly Uint8Array[], batches: readonly number[]): { tree: Tree; rows: TileRow[] } {
  let tree = emptyTree;
  const rows: TileRow[] = [];
  let from = 0;
  for (const batch of [...batches, leaves.length]) {
    const next = appendLeaves(tree, hashLeaves(leaves.slice(from, from + batch)));
    tree = next.tree;
    rows.push(...next.tileRows);
    from = Math.min(from + batch, leaves.length);
  }
  return { tree, rows };
}

describe("a tree", () => {
  it("has the published root at every size of the reference log", () => {
    expect(hex(rootHash(emptyTree))).toBe(vectors.emptyRoot);
    const roots = publishedLeaves.map((_, index) => hex(rootHash(grown(publishedLeaves.slice(0, index + 1), []).tree)));
    expect(roots).toEqual(vectors.roots);
  });

  it.each(Array.from({ length: 35 }, (_, size) => size))(
    "of %i leaves is that of RFC 6962 in all its proofs",
    async (size) => {
      const leaves = numbered(size);
      const everywhere = Array.from({ length: size + 1 }, (_, index) => index);
      await checkTree(grown(leaves, []).tree, leaves, slowReader(leaves), everywhere);
    },
  );

  it("is the same however the leaves come in batches", async () => {
    const batches = fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 300 }),
        batches,
        fc.nat(300),
        async (leaves, sizes, place) => {
          const { tree } = grown(leaves, sizes);
          await checkTree(
            tree,
            leaves,
            slowReader(leaves),
            [0, place, leaves.length - 1, leaves.length].filter((at) => at >= 0),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gives each hash of a tile level once, in order, when it is complete", () => {
    const leaves = numbered(700);
    const { rows } = grown(leaves, [1, 255, 300, 7]);
    const hashes = [0, 1].map((level) => {
      const ofLevel = rows.filter((row) => row.level === level);
      let next = 0;
      for (const row of ofLevel) {
        expect(row.firstIndex).toBe(next);
        next += row.hashes.length / 32;
      }
      return hex(Buffer.concat(ofLevel.map((row) => row.hashes)));
    });
    expect(hashes[0]).toBe(hex(Buffer.concat(leaves.map((leaf) => mth([leaf])))));
    expect(hashes[1]).toBe(hex(Buffer.concat([mth(leaves.slice(0, 256)), mth(leaves.slice(256, 512))])));
    expect(rows.every((row) => row.level <= 1)).toBe(true);
  });

  it("leaves the tree that it grew from as it was", () => {
    const { tree } = grown(numbered(7), []);
    const before = hex(tree.edge);
    appendLeaves(tree, hashLeaves(numbered(9)));
    expect({ size: tree.size, edge: hex(tree.edge) }).toEqual({ size: 7, edge: before });
  });

  it("takes an edge, leaf or row that lies within a larger buffer", () => {
    const within = (bytes: Uint8Array) =>
      Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(2)]).subarray(3, 3 + bytes.length);
    const { tree } = grown(numbered(7), []);
    const row = hashLeaves(numbered(9));
    expect(appendLeaves({ size: 7, edge: within(tree.edge) }, within(row)).tree).toEqual(appendLeaves(tree, row).tree);
    expect(hex(hashLeaf(within(Buffer.from("abc"))))).toBe(hex(mth([Buffer.from("abc")])));
  });

  it.each([
    ["an edge that does not fit the size", { size: 3, edge: new Uint8Array(32) }, new Uint8Array(32)],
    ["a size below zero", { size: -1, edge: new Uint8Array(0) }, new Uint8Array(32)],
    ["half a leaf hash", emptyTree, new Uint8Array(33)],
    [
      "more leaves than can be counted",
      { size: Number.MAX_SAFE_INTEGER, edge: new Uint8Array(53 * 32) },
      new Uint8Array(32),
    ],
  ])("refuses %s", (_, tree, row) => {
    expect(() => appendLeaves(tree, row)).toThrow(malformed);
  });
});

describe("a root hash", () => {
  it.each([
    { size: 3, edge: new Uint8Array(32) },
    { size: 0, edge: new Uint8Array(32) },
    { size: 1, edge: new Uint8Array(0) },
    { size: Number.NaN, edge: new Uint8Array(0) },
  ])("is refused to a tree whose edge does not fit its size %#", (tree) => {
    expect(() => rootHash(tree)).toThrow(malformed);
  });
});

describe("hashing", () => {
  it("takes leaves up to the 65,535 bytes that an entry bundle can hold", () => {
    expect(hex(hashLeaf(Buffer.alloc(65_535, 1)))).toBe(hex(mth([Buffer.alloc(65_535, 1)])));
    expect(() => hashLeaf(Buffer.alloc(65_536))).toThrow(malformed);
  });

  it("refuses children that are no hashes, whatever was hashed before", () => {
    hashNode(Buffer.alloc(32, 1), Buffer.alloc(32, 2));
    expect(() => hashNode(Buffer.alloc(31, 1), Buffer.alloc(32, 2))).toThrow(malformed);
    expect(() => hashNode(Buffer.alloc(32, 1), Buffer.alloc(33, 2))).toThrow(malformed);
  });

  it("takes at most 2.1 SHA-256 a leaf, root included, in batches of 256", async () => {
    const actual = await import("node:crypto");
    let count = 0;
    const hash = (...args: Parameters<typeof actual.hash>) => {
      count++;
      return actual.hash(...args);
    };
    jest.unstable_mockModule("node:crypto", () => ({ ...actual, hash }));
    jest.resetModules();
    const counted = {
      ...(await import("../../../functions/src/ledger/hash.ts")),
      ...(await import("../../../functions/src/ledger/tree.ts")),
    };
    jest.unstable_unmockModule("node:crypto");
    const leaves = numbered(256);
    for (const size of [0, 1, 255, 1000, 999_999, 2 ** 20 - 1, 2 ** 24 - 1]) {
      let setBits = 0;
      for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) setBits += rest % 2;
      count = 0;
      const { tree } = counted.appendLeaves({ size, edge: Buffer.alloc(setBits * 32, 5) }, counted.hashLeaves(leaves));
      counted.rootHash(tree);
      expect(count).toBeGreaterThanOrEqual(511);
      expect(count / leaves.length).toBeLessThanOrEqual(2.1);
    }
  });
});
