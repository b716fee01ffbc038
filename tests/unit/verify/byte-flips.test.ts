/**
 * Any byte of any file may be changed: the verifier refuses it, or what the file says is provably the same. The places
 * where it may be the same are named here, and nowhere else is a change accepted.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { makeDesk } from "../../support/verify-desk.ts";
import {
  jsonFile,
  makeBag,
  makeCheckpoint,
  makeConsistencyProof,
  makeInclusionProof,
  makeLeaf,
  makeLeaves,
  makeLog,
  makeRecord,
  makeSigner,
  payloadTypes,
  sha256,
} from "../../support/verify-fixtures.ts";
import { makeZip, type ZipEntry } from "../../support/zip-fixtures.ts";

const log = makeSigner("logs.example/tenant-1", "log");
const witness = makeSigner("witness.example/one", "one");
const unknown = makeSigner("witness.example/unknown", "unknown");
const trusted = ["--key", log.logKey, "--witness", witness.witnessKey];
const desk = makeDesk();
afterAll(() => desk.clear());

const leaves = makeLeaves(300);
const checkpoint = makeCheckpoint(leaves, log, [witness]);

/**
 * Changes bytes of a file, one at a time, and checks that each change that is accepted is one that `isSame` allows.
 *
 * @param file - the file to change.
 * @param args - what to verify; it is accepted before the change.
 * @returns how many changes were accepted.
 */
async function flip(
  file: string,
  args: string[],
  isSame: (changed: Buffer, offset: number) => boolean,
  numRuns = 200,
): Promise<number> {
  const original = readFileSync(file);
  expect(await desk.verify(...args)).toMatchObject({ exitCode: 0 });
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (offset, mask) => {
      const changed = Buffer.from(original);
      changed[offset] = (changed[offset] ?? 0) ^ mask;
      writeFileSync(file, changed);
      const { exitCode, text } = await desk.verify(...args);
      accepted += exitCode === 0 ? 1 : 0;
      if (exitCode === 1) expect(text).toMatch(/^[^\n]+: [^\n]+$/);
      else expect({ exitCode, isSame: isSame(changed, offset) }).toEqual({ exitCode: 0, isSame: true });
    }),
    { numRuns },
  );
  writeFileSync(file, original);
  return accepted;
}

const never = (): boolean => false;
/** Indented JSON says the same if only its indentation differs. */
const sameJson = (original: Buffer) => (changed: Buffer) => {
  const texts = [original, changed].map((bytes) => bytes.toString("latin1"));
  const [a, b] = texts.map((text) => JSON.stringify(JSON.parse(text)));
  return a === b;
};

describe("a changed byte", () => {
  it("of a checkpoint is refused, except in the line of a witness that was not given", async () => {
    const text = makeCheckpoint(leaves, log, [witness, unknown]);
    const line = Buffer.from(text).indexOf("\u2014 witness.example/unknown");
    const accepted = await flip(
      desk.put("checkpoint", text),
      [desk.path("checkpoint"), ...trusted],
      (_, at) => at > line,
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it("of an older checkpoint or a consistency proof is refused", async () => {
    const old = desk.put("old", makeCheckpoint(leaves.slice(0, 77), log));
    const proof = desk.put("proof", makeConsistencyProof(77, leaves, checkpoint));
    for (const file of [old, proof]) expect(await flip(file, [proof, "--since", old, ...trusted], never)).toBe(0);
  });

  it("of an inclusion proof or its leaf is refused", async () => {
    const leaf = desk.put("leaf", makeLeaf(123));
    const proof = desk.put("leaf.tlog-proof", makeInclusionProof(123, leaves, checkpoint));
    for (const file of [leaf, proof]) expect(await flip(file, [proof, ...trusted], never)).toBe(0);
  });

  it("of a key is refused", async () => {
    const file = desk.put("key.txt", log.logKey);
    const original = readFileSync(file);
    for (const [offset, byte] of original.entries()) {
      writeFileSync(file, original.with(offset, byte ^ 1));
      expect((await desk.verify(desk.put("checkpoint", checkpoint), "--key", file)).exitCode).not.toBe(0);
    }
  });

  it("of a receipt is refused, except in its indentation", async () => {
    const bytes = jsonFile(makeRecord(payloadTypes.erasure, { scope: "person" }, "receiptDigest", log, [witness]));
    const file = desk.put("receipt.json", bytes);
    await flip(file, [file, ...trusted], sameJson(bytes), 500);
  });

  it("of a single export or its signature is refused, except in the signature's indentation", async () => {
    const content = Buffer.from(JSON.stringify({ name: "Ada", turns: ["hello"] }));
    const statement = { subjectSha256: sha256(content).toString("hex") };
    const bytes = jsonFile(makeRecord(payloadTypes.exportManifest, statement, "manifestDigest", log, [witness]));
    const file = desk.put("subject.json", content);
    const signed = desk.put("subject.json.dsse.json", bytes);
    expect(await flip(file, [file, ...trusted], never, 100)).toBe(0);
    await flip(signed, [file, ...trusted], sameJson(bytes));
  });

  it("of any file of a log is refused, except in the policy's words and the indentation of pruned.json", async () => {
    const files = makeLog(leaves, checkpoint);
    files.delete("tile/entries/000");
    const pruned = jsonFile({ policy: "24 months", bundles: [0] });
    files.set("pruned.json", pruned);
    const folder = desk.putFolder(files);
    for (const [name, bytes] of files) {
      const isPolicy = (changed: Buffer): boolean => {
        const { policy: _, ...rest } = JSON.parse(changed.toString()) as { policy: string };
        return JSON.stringify(rest) === '{"bundles":[0]}';
      };
      const numRuns = Math.min(60, bytes.length);
      await flip(join(folder, name), [folder, ...trusted], name === "pruned.json" ? isPolicy : never, numRuns);
    }
  });

  it("of any file of a bag's folder is refused, except in the indentation of the signature and its proof", async () => {
    const files = makeBag(new Map([["data/subject.json", Buffer.from('{"name":"Ada"}')]]), log);
    const folder = desk.putFolder(files);
    for (const [name, bytes] of files) {
      const isJson = name === "export-manifest.dsse.json" || name === "proof.json";
      await flip(join(folder, name), [folder, "--key", log.logKey], isJson ? sameJson(bytes) : never, 50);
    }
  });

  it.each<[string, Partial<ZipEntry>, { zip64End?: boolean }]>([
    ["deflated", {}, {}],
    ["stored", { method: "stored" }, {}],
    ["with descriptors", { descriptor: 16 }, {}],
    ["in zip64", { zip64: true, descriptor: 24 }, { zip64End: true }],
  ])("of a zipped bag, %s, is refused, except where no reader looks", async (_, how, options) => {
    const files = makeBag(
      new Map([["data/subject.json", Buffer.from(JSON.stringify({ turns: [...leaves.keys()] }))]]),
      log,
    );
    // Dense JSON, so that indentation does not count here.
    for (const name of ["export-manifest.dsse.json", "proof.json"])
      files.set(name, Buffer.from(JSON.stringify(JSON.parse(String(files.get(name))))));
    const entries = [...files].map(([name, bytes]) => ({ name: `export-1/${name}`, bytes, ...how }));
    const { bytes, irrelevant } = makeZip(entries, options);
    const file = desk.put("bag.zip", bytes);
    await flip(file, [file, "--key", log.logKey], (_changed, offset) => irrelevant.has(offset), 250);
  });
});
