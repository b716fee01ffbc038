import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { makeDesk } from "../../support/verify-desk.ts";
import {
  makeCheckpoint,
  makeConsistencyProof,
  makeInclusionProof,
  makeLeaves,
  makeLog,
  makeSigner,
} from "../../support/verify-fixtures.ts";

const log = makeSigner("logs.example/tenant-1", "log");
const key = ["--key", log.logKey];
const desk = makeDesk();
afterAll(() => desk.clear());

const leaves = makeLeaves(13);
const checkpoint = makeCheckpoint(leaves, log);
const proof = makeInclusionProof(6, leaves, checkpoint);
const leafAt = (i: number) => leaves[i] ?? Buffer.alloc(0);
const lastHash = /[^\n]{44}\n\n/;

describe("an inclusion proof", () => {
  it("shows the leaf in the file beside it, or in its extra line", async () => {
    desk.put("leaf.json", leafAt(6));
    const { text } = await desk.verify(desk.put("leaf.json.tlog-proof", proof), ...key);
    expect(text).toMatch(
      /^leaf\.json\.tlog-proof: leaf settings-changed, entry 6 of 13 in logs\.example\/tenant-1; signed\n/,
    );
    const file = desk.put("p.tlog-proof", makeInclusionProof(6, leaves, checkpoint, leafAt(6)));
    expect(await desk.verify(file, ...key)).toMatchObject({ exitCode: 0 });
  });

  it("holds for every leaf of every small log, and for no other leaf, index or size", async () => {
    const sizes = fc
      .integer({ min: 1, max: 70 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1), fc.nat(size)));
    await fc.assert(
      fc.asyncProperty(sizes, async ([size, index, other]) => {
        const some = makeLeaves(size);
        const text = makeInclusionProof(index, some, makeCheckpoint(some, log));
        const check = async (leaf: number, bytes: string) => {
          desk.put("leaf", makeLeaves(leaf + 1)[leaf] ?? "");
          return (await desk.verify(desk.put("leaf.tlog-proof", bytes), ...key)).exitCode;
        };
        expect(await check(index, text)).toBe(0);
        expect(await check(other, text)).toBe(other === index ? 0 : 1);
        expect(await check(index, text.replace(/^index \d+$/m, `index ${other}`))).toBe(other === index ? 0 : 1);
        const next = makeCheckpoint(makeLeaves(size + 1), log);
        expect(await check(index, text.replace(/\n\n[\s\S]*$/, `\n\n${next}`))).toBe(1);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["with another leaf", proof, leafAt(5), /the leaf is not entry 6 of the log that the checkpoint signs/],
    ["with another index", proof.replace("index 6", "index 7"), leafAt(6), /the leaf is not entry 7/],
    [
      "with an index beyond the tree",
      proof.replace("index 6", "index 13"),
      leafAt(6),
      /for entry 13, but its checkpoint signs 13/,
    ],
    ["with a hash too few", proof.replace(lastHash, "\n"), leafAt(6), /the leaf is not entry 6/],
    [
      "with a hash too many",
      proof.replace(lastHash, (hash) => hash.trim().concat("\n", hash)),
      leafAt(6),
      /the leaf is not entry 6/,
    ],
    [
      "with 65 hashes",
      proof.replace(lastHash, (hash) => `${hash.trim()}\n`.repeat(65).concat("\n")),
      leafAt(6),
      /more hashes than a tree is high/,
    ],
    ["with a leading zero", proof.replace("index 6", "index 06"), leafAt(6), /has no index line/],
    ["of another version", proof.replace("@v1", "@v2"), leafAt(6), /is no c2sp\.org\/tlog-proof@v1/],
    [
      "with a hash of 31 bytes",
      proof.replace(lastHash, `${Buffer.alloc(31).toString("base64")}\n\n`),
      leafAt(6),
      /hash 4: holds 31 bytes, not 32/,
    ],
    [
      "without a checkpoint",
      proof.slice(0, proof.indexOf("\n\n")),
      leafAt(6),
      /has no empty line before its checkpoint/,
    ],
    [
      "with a checkpoint of another key",
      makeInclusionProof(6, leaves, makeCheckpoint(leaves, makeSigner("x.example", "x"))),
      leafAt(6),
      /its checkpoint: is not signed by the key/,
    ],
    [
      "with a checkpoint of another tree",
      makeInclusionProof(6, leaves, makeCheckpoint(makeLeaves(14), log)),
      leafAt(6),
      /the leaf is not entry 6/,
    ],
  ])("is refused %s", async (_, text, leaf, expected) => {
    desk.put("leaf", leaf);
    const answer = await desk.verify(desk.put("leaf.tlog-proof", text), ...key);
    expect(answer.text).toMatch(expected);
    expect(answer.text).toMatch(/^leaf\.tlog-proof: [^\n]+$/);
    expect(answer.exitCode).toBe(1);
  });

  it("is refused without its leaf", async () => {
    const { text } = await desk.verify(desk.put("alone.tlog-proof", proof), ...key);
    expect(text).toBe("alone.tlog-proof: comes without its leaf");
  });

  it.each([
    ["spaces", '{ "a":1}'],
    ["unsorted keys", '{"b":1,"a":1}'],
    ["a key twice", '{"a":1,"a":1}'],
    ["a number that is not shortest", '{"a":1.0}'],
    ["an escape that is not needed", '{"a":"\\u0041"}'],
    ["a lone surrogate", '{"a":"\\ud800"}'],
    ["a list on top", "[1]"],
    ["nesting beyond 64", `${'{"a":'.repeat(70)}1${"}".repeat(70)}`],
    ["nesting that would exhaust a stack", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
    ["no JSON", "hello"],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
  ])("is refused for a leaf with %s, though it be signed", async (_, leaf) => {
    const some = [...makeLeaves(3), Buffer.from(leaf)];
    desk.put("leaf", Buffer.from(leaf));
    const text = makeInclusionProof(3, some, makeCheckpoint(some, log));
    const answer = await desk.verify(desk.put("leaf.tlog-proof", text), ...key);
    expect(answer.text).toMatch(
      /^leaf\.tlog-proof: the leaf: is not (canonical JSON \(RFC 8785\)|a JSON object|JSON|UTF-8 text)$/,
    );
    expect(answer.exitCode).toBe(1);
  });

  it.each([
    '{"\u20ac":1,"\ud83d\ude00":2,"\ufb33":3}',
    '{"a":1e+21,"b":1e-7,"c":-1.5,"d":333333333.3333333,"e":"\\u000f\\n\u00e9\\"\\\\"}',
  ])("is accepted for the canonical leaf %s", async (leaf) => {
    const some = [Buffer.from(leaf)];
    desk.put("leaf", leaf);
    const text = makeInclusionProof(0, some, makeCheckpoint(some, log));
    expect(await desk.verify(desk.put("leaf.tlog-proof", text), ...key)).toMatchObject({ exitCode: 0 });
  });
});

describe("a consistency proof", () => {
  it("links an older checkpoint to a newer one", async () => {
    const old = desk.put("old.checkpoint", makeCheckpoint(leaves.slice(0, 6), log));
    const file = desk.put("from-6", makeConsistencyProof(6, leaves, checkpoint));
    expect((await desk.verify(file, "--since", old, ...key)).text).toBe(
      "from-6: consistency proof; signed, consistent with old.checkpoint",
    );
    // A checkpoint and a receipt's proof of the newer size are linked with it.
    const also = desk.put("new.checkpoint", checkpoint);
    expect(await desk.verify(file, also, "--since", old, ...key)).toMatchObject({ exitCode: 0 });
    expect((await desk.verify(also, "--since", old, ...key)).text).toBe(
      "new.checkpoint: nothing that was given shows that its log continues the one of old.checkpoint",
    );
  });

  it("holds between all small sizes, and for no other old tree, old size or changed hash", async () => {
    const sizes = fc
      .integer({ min: 0, max: 70 })
      .chain((size) => fc.tuple(fc.nat(size), fc.constant(size), fc.nat(1000)));
    await fc.assert(
      fc.asyncProperty(sizes, async ([older, newer, pick]) => {
        const some = makeLeaves(newer);
        const text = makeConsistencyProof(older, some, makeCheckpoint(some, log));
        const check = async (old: string, bytes: string) =>
          (await desk.verify(desk.put("proof", bytes), "--since", desk.put("old", old), ...key)).exitCode;
        const old = makeCheckpoint(some.slice(0, older), log);
        expect(await check(old, text)).toBe(0);
        if (older > 0) {
          const forked = [...some.slice(0, older - 1), Buffer.from("{}")];
          expect(await check(makeCheckpoint(forked, log), text)).toBe(1);
          expect(
            await check(makeCheckpoint(some.slice(0, older - 1), log), text.replace(/^old \d+/, `old ${older - 1}`)),
          ).toBe(older === 1 && newer === 1 ? 0 : 1);
        }
        const lines = text.split("\n");
        const hashes = lines.indexOf("") - 1;
        if (hashes > 0) {
          const at = 1 + (pick % hashes);
          const other = [...lines.slice(0, at), Buffer.alloc(32).toString("base64"), ...lines.slice(at + 1)];
          expect(await check(old, other.join("\n"))).toBe(1);
          expect(await check(old, lines.toSpliced(at, 1).join("\n"))).toBe(1);
        }
      }),
      { numRuns: 80 },
    );
  });

  it.each([
    ["without --since", 6, [], /starts from 6 entries/],
    [
      "from another size",
      5,
      ["--since", "old"],
      /starts from 5 entries of logs\.example\/tenant-1; give those as --since/,
    ],
    ["with a malformed size", "06", ["--since", "old"], /has no old size in line 1/],
  ])("is refused %s", async (_, from, args, expected) => {
    desk.put("old", makeCheckpoint(leaves.slice(0, 6), log));
    const file = desk.put("proof", makeConsistencyProof(6, leaves, checkpoint).replace(/^old 6/, `old ${from}`));
    const answer = await desk.verify(file, ...key, ...args.map((arg) => (arg === "old" ? desk.path("old") : arg)));
    expect(answer.text).toMatch(expected);
    expect(answer.exitCode).toBe(1);
  });

  it("is replaced by the log's folder, which links every checkpoint that it covers", async () => {
    const folder = desk.putFolder(makeLog(leaves, checkpoint));
    const old = desk.put("old.checkpoint", makeCheckpoint(leaves.slice(0, 6), log));
    const between = desk.put("between.checkpoint", makeCheckpoint(leaves.slice(0, 9), log));
    const { text } = await desk.verify(folder, between, "--since", old, ...key);
    expect(text).toMatch(
      /^folder-\d+: log .*; signed, consistent with old\.checkpoint\nbetween\.checkpoint: .*; signed, consistent/,
    );
  });

  it("cannot be replaced by a folder of an older or another log", async () => {
    const small = leaves.slice(0, 4);
    const folder = desk.putFolder(makeLog(small, makeCheckpoint(small, log)));
    const old = desk.put("old.checkpoint", makeCheckpoint(leaves.slice(0, 6), log));
    expect((await desk.verify(folder, "--since", old, ...key)).text).toMatch(/nothing that was given shows/);
    const other = makeSigner("logs.example/tenant-2", "other");
    const elsewhere = desk.putFolder(makeLog(leaves, makeCheckpoint(leaves, other)));
    expect((await desk.verify(elsewhere, "--since", old, ...key, "--key", other.logKey)).text).toMatch(
      /nothing that was given/,
    );
  });
});
