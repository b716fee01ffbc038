import { afterAll, describe, expect, it } from "@jest/globals";
import { makeDesk } from "../../support/verify-desk.ts";
import {
  type FileMap,
  jsonFile,
  makeBundle,
  makeCheckpoint,
  makeLeaf,
  makeLeaves,
  makeLog,
  makeSigner,
  tilePath,
} from "../../support/verify-fixtures.ts";
import { makeZip } from "../../support/zip-fixtures.ts";

const log = makeSigner("logs.example/tenant-1", "log");
const key = ["--key", log.logKey];
const desk = makeDesk();
afterAll(() => desk.clear());

// Three bundles, the last of 188 entries; one tile on level 1.
const leaves = makeLeaves(700);
const checkpoint = makeCheckpoint(leaves, log);
const original = makeLog(leaves, checkpoint);
const [bundle0, bundle1, bundle2] = [0, 1, 2].map((n) => tilePath("entries", n, n === 2 ? 188 : 256)) as [
  string,
  string,
  string,
];
const [tile0, tile1, tile2, top] = [
  tilePath("0", 0, 256),
  tilePath("0", 1, 256),
  tilePath("0", 2, 188),
  tilePath("1", 0, 2),
];

const verify = (files: FileMap, ...args: string[]) => desk.verify(desk.putFolder(files), ...key, ...args);
const at = (files: FileMap, name: string): Buffer => {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`the fixture has no ${name}`);
  return Buffer.from(bytes);
};
const flip = (bytes: Buffer, offset: number): Buffer => {
  bytes[offset] = (bytes[offset] ?? 0) ^ 4;
  return bytes;
};
/** The log with some leaves rearranged in their bundles, tiles untouched. */
const rearranged = (change: (all: Buffer[]) => Buffer[]): FileMap => {
  const all = change([...leaves]);
  const files = new Map(original);
  for (const [n, name] of [bundle0, bundle1, bundle2].entries())
    files.set(name, makeBundle(all.slice(256 * n, name === bundle2 ? undefined : 256 * n + 256)));
  return files;
};
const changed = (name: string, change: (bytes: Buffer) => Buffer | undefined): FileMap => {
  const files = new Map(original);
  const bytes = change(at(files, name));
  if (bytes) files.set(name, bytes);
  else files.delete(name);
  return files;
};

describe("a log's folder", () => {
  it("is accepted, and so is the same in a zip file", async () => {
    const said = "log logs.example/tenant-1 of 700 entries, all tiles recomputed from them; signed\n";
    expect((await verify(original)).text).toContain(said);
    const entries = [...original].map(([name, bytes]) => ({ name: `log/${name}`, bytes }));
    expect((await desk.verify(desk.put("log.zip", makeZip(entries).bytes), ...key)).text).toContain(said);
  });

  it.each([0, 1, 2, 255, 256, 257, 511, 512, 513])("is accepted with %d entries", async (size) => {
    const some = leaves.slice(0, size);
    expect(await verify(makeLog(some, makeCheckpoint(some, log)))).toMatchObject({ exitCode: 0 });
  });

  it("may still hold the narrower tiles and bundles of earlier checkpoints", async () => {
    const files = new Map(original);
    for (const size of [5, 300, 690])
      for (const [name, bytes] of makeLog(leaves.slice(0, size), checkpoint))
        if (name.includes(".p/")) files.set(name, bytes);
    files.set("README", Buffer.from("Files beside checkpoint and tile/ are no part of the log."));
    expect(await verify(files)).toMatchObject({ exitCode: 0 });
    files.set("tile/0/000.p/5", flip(at(files, "tile/0/000.p/5"), 70));
    expect((await verify(files)).text).toMatch(/: tile\/0\/000\.p\/5 is not the beginning of tile\/0\/000$/);
    files.set("tile/0/000.p/5", at(files, tile0).subarray(0, 160));
    files.set("tile/entries/002.p/178", at(files, "tile/entries/002.p/178").subarray(0, -1));
    expect((await verify(files)).text).toMatch(
      /: tile\/entries\/002\.p\/178 is not the beginning of tile\/entries\/002\.p\/188$/,
    );
  });

  it("may lack its first bundles if pruned.json says so, and then says that it does", async () => {
    const files = new Map(original);
    files.set("pruned.json", jsonFile({ policy: "24 months", bundles: [0, 1] }));
    files.delete(bundle0);
    files.delete(bundle1);
    expect((await verify(files)).text).toContain(
      "of 700 entries, all tiles recomputed from them; of entries 0 to 511 only the hashes are kept, as it says under: 24 months; signed",
    );
    // A proof from before the pruning is still within what the tiles sign.
    const old = desk.put("old.checkpoint", makeCheckpoint(leaves.slice(0, 300), log));
    expect((await verify(files, "--since", old)).text).toMatch(/signed, consistent with old\.checkpoint$/);
  });
});

describe("a log's folder is refused, with the first wrong entry or tile, if", () => {
  const swap = (i: number, j: number) => (all: Buffer[]) =>
    all.with(i, leaves[j] as Buffer).with(j, leaves[i] as Buffer);
  const entry = (i: number) => new RegExp(`^folder-\\d+: entry ${i}: `);
  const pruned = (bundles: number[], ...gone: string[]): FileMap => {
    const files = new Map(original);
    for (const name of gone) files.delete(name);
    return files.set("pruned.json", jsonFile({ policy: "24 months", bundles }));
  };

  it.each<[string, FileMap, RegExp]>([
    ["a bit of an entry is flipped", changed(bundle1, (b) => flip(b, 300)), entry(256)],
    ["a bit of the last entry is flipped", changed(bundle2, (b) => flip(b, b.length - 1)), entry(699)],
    ["an entry is replaced", rearranged((all) => all.with(300, makeLeaf(9999))), entry(300)],
    ["an entry is dropped", rearranged((all) => all.toSpliced(300, 1)), entry(300)],
    [
      "an entry is dropped from its bundle only",
      changed(bundle1, () => makeBundle(leaves.slice(256, 512).toSpliced(44, 1))),
      entry(300),
    ],
    ["the last entry is dropped", rearranged((all) => all.slice(0, -1)), entry(699)],
    ["two entries are exchanged", rearranged(swap(301, 302)), entry(301)],
    ["two entries of different bundles are exchanged", rearranged(swap(100, 650)), entry(100)],
    ["an entry is duplicated", rearranged((all) => all.toSpliced(300, 0, all[300] as Buffer)), entry(301)],
    [
      "an entry is appended",
      rearranged((all) => [...all, makeLeaf(700)]),
      /entry 700: tile\/entries\/002\.p\/188 does not hold 188 whole/,
    ],
    ["a bundle is truncated", changed(bundle1, (b) => b.subarray(0, -1)), entry(511)],
    ["a bundle is truncated to a byte", changed(bundle1, (b) => b.subarray(0, 1)), entry(256)],
    ["a bundle is empty", changed(bundle1, () => Buffer.alloc(0)), entry(256)],
    [
      "a bundle has a byte more",
      changed(bundle2, (b) => Buffer.concat([b, Buffer.of(0)])),
      /entry 700: .*whole entries/,
    ],
    ["two bundles are exchanged", changed(bundle0, () => at(original, bundle1)), entry(0)],
    ["a bundle is missing", changed(bundle1, () => undefined), /: has no tile\/entries\/001$/],
    [
      "a bundle is too large",
      changed(bundle1, () => Buffer.alloc(17_000_000)),
      /tile\/entries\/001: is larger than 16777472 bytes/,
    ],
    [
      "a hash of a tile is flipped",
      changed(tile1, (b) => flip(b, 32 * 44 + 3)),
      /entry 300: not what hash 44 of tile\/0\/001 says/,
    ],
    [
      "a hash of the last tile is flipped",
      changed(tile2, (b) => flip(b, 32 * 187)),
      /entry 699: not what hash 187 of tile\/0\/002\.p\/188/,
    ],
    [
      "a hash of an upper tile is flipped",
      changed(top, (b) => flip(b, 32)),
      /entries 256 to 511: not what hash 1 of tile\/1\/000\.p\/2 says/,
    ],
    [
      "hashes of a tile are exchanged",
      changed(tile0, (b) => Buffer.concat([b.subarray(32, 64), b.subarray(0, 32), b.subarray(64)])),
      entry(0),
    ],
    ["a tile is truncated", changed(tile1, (b) => b.subarray(0, -32)), /tile\/0\/001 does not hold 256 hashes/],
    ["a tile is missing", changed(tile1, () => undefined), /: has no tile\/0\/001$/],
    ["the upper tile is missing", changed(top, () => undefined), /: has no tile\/1\/000\.p\/2$/],
    [
      "tiles reach beyond the checkpoint",
      new Map([...original, ["tile/0/003.p/1", Buffer.alloc(32)]]),
      /tile\/0\/003\.p\/1 is no part of the entries/,
    ],
    [
      "a wider tile is there",
      new Map([...original, [tilePath("entries", 2, 256), Buffer.alloc(9)]]),
      /tile\/entries\/002 is no part of the entries/,
    ],
    [
      "a tile has a strange name",
      new Map([...original, ["tile/0/x000/001", Buffer.alloc(32)]]),
      /tile\/0\/x000\/001 is no part of/,
    ],
    [
      "the checkpoint is missing",
      changed("checkpoint", () => undefined),
      /neither a bag \(no bagit\.txt\) nor a log \(no checkpoint\)/,
    ],
    [
      "the checkpoint is of more entries",
      new Map([...original, ["checkpoint", Buffer.from(makeCheckpoint(makeLeaves(701), log))]]),
      /has no tile\/entries\/002\.p\/189/,
    ],
    [
      "the checkpoint is of fewer entries",
      new Map([...original, ["checkpoint", Buffer.from(makeCheckpoint(makeLeaves(600), log))]]),
      /has no tile\/entries\/002\.p\/88/,
    ],
    [
      "it is a fork: all rewritten after signing",
      new Map([...makeLog(leaves.with(300, makeLeaf(9999)), checkpoint)]),
      /its first 700 entries are not those that folder-\d+ signs: it was forked or rewritten/,
    ],
    [
      "it is rewritten in a log of one tile",
      new Map([...makeLog(makeLeaves(9).with(4, makeLeaf(99)), makeCheckpoint(makeLeaves(9), log))]),
      /its first 9 entries are not those/,
    ],
    [
      "an entry was logged twice",
      resigned(leaves.with(400, leaves[7] as Buffer)),
      /: entry 400: is the same as entry 7$/,
    ],
    [
      "an entry is not canonical JSON",
      resigned(leaves.with(400, Buffer.from('{"b":1,"a":1}'))),
      /entry 400: is not canonical JSON \(RFC 8785\)/,
    ],
    ["an entry is no JSON", resigned(leaves.with(400, Buffer.from("hello"))), /entry 400: is not JSON/],
    ["a bundle is gone that pruned.json does not name", pruned([0], bundle0, bundle1), /: has no tile\/entries\/001$/],
    [
      "a bundle is there that pruned.json names",
      pruned([0, 1], bundle0),
      /tile\/entries\/001 is no part of the entries that are signed and kept/,
    ],
    [
      "bundles are pruned from the middle",
      pruned([1], bundle1),
      /pruned\.json: does not name a policy and the bundles 0, 1, 2\.\.\./,
    ],
    [
      "pruned bundles have another tile",
      new Map([...pruned([0], bundle0), [tile0, flip(at(original, tile0), 5)]]),
      /entries 0 to 255: not what hash 0 of tile\/1\/000\.p\/2 says/,
    ],
    [
      "more is pruned than there was",
      pruned([0, 1, 2], bundle0, bundle1, bundle2),
      /names more whole bundles than 700 entries fill/,
    ],
    [
      "pruned.json has no policy",
      new Map([...original, ["pruned.json", jsonFile({ bundles: [] })]]),
      /does not name a policy/,
    ],
    ["pruned.json is no JSON", new Map([...original, ["pruned.json", Buffer.from("{")]]), /pruned\.json: is not JSON/],
  ])("%s", async (_, files, expected) => {
    const { exitCode, text } = await verify(files);
    expect(text).toMatch(expected);
    expect(text).toMatch(/^folder-\d+: [^\n]+$/);
    expect(exitCode).toBe(1);
  });

  it("it was forked after an older checkpoint was given out", async () => {
    const old = desk.put("old.checkpoint", checkpoint);
    const forked = [...leaves.with(300, makeLeaf(9999)), ...makeLeaves(800).slice(700)];
    const { exitCode, text } = await verify(resigned(forked), "--since", old);
    expect(text).toMatch(/its first 700 entries are not those that old\.checkpoint signs: it was forked or rewritten/);
    expect(exitCode).toBe(1);
  });

  it("a receipt's checkpoint is of another history", async () => {
    const other = desk.put("other.checkpoint", makeCheckpoint(leaves.slice(0, 20).with(3, makeLeaf(77)), log));
    expect((await verify(original, other)).text).toMatch(
      /its first 20 entries are not those that other\.checkpoint signs/,
    );
  });

  it("its checkpoint says 2^52 entries, without taking memory for them", async () => {
    const huge = makeCheckpoint(leaves, log).split("\n")[2];
    const { signNote } = await import("../../support/verify-fixtures.ts");
    const files = new Map(original).set(
      "checkpoint",
      Buffer.from(signNote(`${log.name}\n4503599627370496\n${huge}\n`, log)),
    );
    expect((await verify(files)).text).toMatch(/has 7 tiles, too few for 4503599627370496 entries/);
  });
});

function resigned(all: Buffer[]): FileMap {
  return makeLog(all, makeCheckpoint(all, log));
}
