import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hashLeaves } from "../../../functions/src/ledger/hash.ts";
import {
  changedBundles,
  changedTiles,
  decodeEntryBundle,
  encodeEntryBundle,
  parseTilePath,
  type Tile,
  tilePath,
  tileReader,
} from "../../../functions/src/ledger/tile.ts";
import { appendLeaves, emptyTree, type TileRow, type Tree } from "../../../functions/src/ledger/tree.ts";
import { checkTree, mth } from "../../support/rfc6962.ts";

const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
const malformed = expect.objectContaining({ code: "ledger-malformed" });
const numbered = (count: number) => Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${index}`));

/** A log as files: grows by batches, and writes the tiles that change, from what appending completes alone. */
function filed(leaves: readonly Uint8Array[], batch: number): { tree: Tree; files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  const levels: Buffer[] = [];
  let tree = emptyTree;
  const keep = (row: TileRow) => {
    levels[row.level] = Buffer.concat([levels[row.level] ?? Buffer.alloc(0), row.hashes]);
  };
  for (let from = 0; from < leaves.length; from += batch) {
    const grown = appendLeaves(tree, hashLeaves(leaves.slice(from, from + batch)));
    grown.tileRows.forEach(keep);
    for (const tile of changedTiles(tree.size, grown.tree.size)) {
      const start = tile.index * 256 * 32;
      files.set(
        tilePath(tile),
        levels[Number(tile.level)]?.subarray(start, start + tile.width * 32) ?? Buffer.alloc(0),
      );
    }
    tree = grown.tree;
  }
  return { tree, files };
}

const read = (files: ReadonlyMap<string, Uint8Array>) => (tile: Tile) => {
  const bytes = files.get(tilePath(tile));
  return bytes === undefined ? Promise.reject(new Error(`no ${tilePath(tile)}`)) : Promise.resolve(bytes);
};

describe("paths", () => {
  it.each<[Tile, string]>([
    [{ level: 0, index: 0, width: 256 }, "tile/0/000"],
    [{ level: 0, index: 273, width: 112 }, "tile/0/273.p/112"],
    [{ level: 1, index: 1_234_067, width: 256 }, "tile/1/x001/x234/067"],
    [{ level: "entries", index: 1_234_067, width: 8 }, "tile/entries/x001/x234/067.p/8"],
    [{ level: 63, index: 1000, width: 1 }, "tile/63/x001/000.p/1"],
  ])("of %j is %s, and back", (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it("are read back for any tile", () => {
    const level = fc.oneof(fc.constant<"entries">("entries"), fc.integer({ min: 0, max: 63 }));
    const tiles = fc.record({ level, index: fc.maxSafeNat(), width: fc.integer({ min: 1, max: 256 }) });
    fc.assert(fc.property(tiles, (tile) => expect(parseTilePath(tilePath(tile))).toEqual(tile)));
  });

  it.each([
    "tile/0/0",
    "tile/0/0000",
    "tile/0/x000/001",
    "tile/0/001/002",
    "tile/0/x001",
    "tile/00/001",
    "tile/64/001",
    "tile/-1/001",
    "tile/0/001.p/0",
    "tile/0/001.p/256",
    "tile/0/001.p/300",
    "tile/0/001.p/07",
    "tile/0/001.p/",
    "tile/0/001/",
    "tile//001",
    "/tile/0/001",
    "tile/0/001\n",
    "tile/entry/001",
    "tile/0/../001",
    "tile/0/x999/x999/x999/x999/x999/999",
    "checkpoint",
    "",
  ])("that no log has are not read: %j", (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});

describe("tiles", () => {
  it("of a log of 70,000 are those that the specification counts", () => {
    const tiles = changedTiles(0, 70_000);
    const partial = tiles.filter((tile) => tile.width < 256);
    expect(tiles.filter((tile) => tile.level === 0 && tile.width === 256)).toHaveLength(273);
    expect(tiles.filter((tile) => tile.level === 1 && tile.width === 256)).toHaveLength(1);
    expect(partial).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(tiles).toHaveLength(277);
    expect(changedTiles(0, 256)).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
  });

  it("that change with growth are all that a new reader lacks, and none that it has", () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.nat(2000), (size, growth) => {
        const had = new Set(changedTiles(0, size).map(tilePath));
        const needed = changedTiles(0, size + growth).map(tilePath);
        expect(changedTiles(size, size + growth).map(tilePath)).toEqual(needed.filter((path) => !had.has(path)));
        const bundles = changedTiles(size, size + growth).filter((tile) => tile.level === 0);
        expect(changedBundles(size, size + growth)).toEqual(bundles.map((tile) => ({ ...tile, level: "entries" })));
      }),
    );
  });

  it.each([
    [1, 1],
    [255, 100],
    [256, 256],
    [257, 256],
    [700, 99],
  ])("of %i leaves, appended by %i, hold the hashes of RFC 6962", async (size, batch) => {
    const leaves = numbered(size);
    const { tree, files } = filed(leaves, batch);
    for (const tile of changedTiles(0, size)) {
      const width = 256 ** Number(tile.level);
      const hashes = Array.from({ length: tile.width }, (_, index) => {
        const start = (tile.index * 256 + index) * width;
        return mth(leaves.slice(start, start + width));
      });
      expect(hex(files.get(tilePath(tile)) ?? Buffer.alloc(0))).toBe(hex(Buffer.concat(hashes)));
    }
    const sample = [0, 1, 127, 254, 255, 256, 511, 512, 640, size - 1, size];
    await checkTree(tree, leaves, tileReader(size, read(files)), sample);
  });

  it("of three levels give the proofs of a log of 66,000", async () => {
    const leaves = numbered(66_000);
    const { tree, files } = filed(leaves, 4096);
    await checkTree(tree, leaves, tileReader(leaves.length, read(files)), [65_535]);
  });

  it("are fetched once by a reader, and refused when cut, too long, or asked for what is not there", async () => {
    const { files } = filed(numbered(300), 300);
    let fetched = 0;
    const counted = tileReader(300, (tile) => {
      fetched++;
      return read(files)(tile);
    });
    await Promise.all([counted(0, 0), counted(0, 7), counted(3, 2), counted(7, 1)]);
    expect(fetched).toBe(1);
    await expect(counted(8, 1)).rejects.toEqual(malformed);
    await expect(counted(0, 300)).rejects.toEqual(malformed);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(8191), Buffer.alloc(8224)]) {
      await expect(tileReader(300, () => Promise.resolve(bytes))(0, 0)).rejects.toEqual(malformed);
    }
  });
});

describe("entry bundles", () => {
  it("are read back, for any leaves", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 256 }), (leaves) => {
        const bundle = encodeEntryBundle(leaves);
        expect(decodeEntryBundle(bundle, leaves.length).map(hex)).toEqual(leaves.map(hex));
      }),
    );
  });

  it("have the bytes of the specification", () => {
    const bundle = encodeEntryBundle([Buffer.from("ab"), Buffer.alloc(0), Buffer.alloc(258, 1)]);
    expect(hex(bundle)).toBe(`00026162${"0000"}0102${"01".repeat(258)}`);
    expect(encodeEntryBundle([Buffer.alloc(65_535)])).toHaveLength(65_537);
  });

  it("are refused when cut anywhere, or with another number of entries", () => {
    const bundle = encodeEntryBundle([Buffer.from("ab"), Buffer.from("c")]);
    for (let length = 0; length < bundle.length; length++) {
      expect(() => decodeEntryBundle(bundle.subarray(0, length), 2)).toThrow(malformed);
    }
    for (const width of [0, 1, 3, 257, 1.5]) expect(() => decodeEntryBundle(bundle, width)).toThrow(malformed);
    expect(() => decodeEntryBundle(Buffer.concat([bundle, Buffer.alloc(1)]), 2)).toThrow(malformed);
  });

  it("are not made of too many leaves, none, or one that is too long", () => {
    expect(() => encodeEntryBundle([])).toThrow(malformed);
    expect(() => encodeEntryBundle(numbered(257))).toThrow(malformed);
    expect(() => encodeEntryBundle([Buffer.alloc(65_536)])).toThrow(malformed);
  });
});
