import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { makeDesk } from "../../support/verify-desk.ts";
import {
  jsonFile,
  makeCheckpoint,
  makeLeaves,
  makeLog,
  makeRecord,
  makeSigner,
  payloadTypes,
} from "../../support/verify-fixtures.ts";

const log = makeSigner("logs.example/tenant-1", "log");
const desk = makeDesk();
afterAll(() => desk.clear());
const verify = (...args: string[]) => desk.verify(...args, "--key", log.logKey);
const command = (...args: string[]) =>
  spawnSync(process.execPath, ["verify/verify.mjs", ...args], { encoding: "utf8" });

describe("the command", () => {
  const good = desk.put("good.checkpoint", makeCheckpoint(makeLeaves(3), log));
  const bad = desk.put("bad.checkpoint", makeCheckpoint(makeLeaves(3), makeSigner("x.example", "x")));

  it("ends with 0 and says what was proven", () => {
    const { status, stdout, stderr } = command(good, "--key", log.logKey);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/good\.checkpoint: checkpoint of 3 entries in logs\.example\/tenant-1; signed\n/);
  });

  it("ends with 1 and one sentence that says what is wrong and where", () => {
    const { status, stdout, stderr } = command(good, bad, "--key", log.logKey);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^[^\n]*bad\.checkpoint: is not signed by the key [^\n]+\n$/);
  });

  it.each([
    ["no arguments", []],
    ["no key", [good]],
    ["no file", ["--key", log.logKey]],
    ["an unknown option", [good, "--key", log.logKey, "--trust-me"]],
    ["an option without its value", [good, "--key"]],
  ])("ends with 2 and its usage for %s", (_, args) => {
    const { status, stdout, stderr } = command(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^[^\n]+\nusage: node verify\.mjs FILE/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("says for several files what each is", async () => {
    const receipt = desk.put(
      "receipt.json",
      jsonFile(makeRecord(payloadTypes.erasure, { scope: "person" }, "receiptDigest", log)),
    );
    const leaves = makeLeaves(7);
    const folder = desk.putFolder(makeLog(leaves, makeCheckpoint(leaves, log)));
    const { text } = await verify(good, folder);
    expect(text).toMatch(/^good\.checkpoint: checkpoint of 3 .*\nfolder-1: log .* of 7 entries, .*\nTrust reaches/);
    // The receipt's log has another entry 3 than the folder's.
    expect((await verify(receipt, folder)).text).toMatch(
      /^folder-1: signs other 7 entries than receipt\.json: .* forked$/,
    );
  });
});

describe("bad input ends in a sentence: ", () => {
  it.each([
    ["an empty file", "", /^f: is no signed note/],
    ["one newline", "\n", /^f: is no signed note/],
    ["text", "hello", /^f: is no signed note/],
    ["bytes that are no UTF-8", Buffer.from([0xc3, 0x28]), /^f: is not UTF-8 text$/],
    ["zeros", Buffer.alloc(4096), /^f: holds a control character$/],
    ["an empty object", "{}", /^f: has no envelope$/],
    ["a list", "[]", /^f: is no signed note/],
    ["an object cut short", '{"a":', /^f: is not JSON$/],
    ["deep nesting", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /^f: /],
    ["the beginning of a zip file", "PK\x03\x04", /^f: is not a whole zip file$/],
    ["the beginning of a proof", "c2sp.org/tlog-proof@v1\n", /^f: has no empty line before its checkpoint$/],
    ["the beginning of a consistency proof", "old 1\n\n", /^f: its checkpoint: is no signed note/],
    ["more than 8 MB", Buffer.alloc(8_000_001, "x"), /^f: does not end as a zip file does$/],
  ])("%s", async (_, bytes, expected) => {
    const { exitCode, text } = await verify(desk.put("f", bytes));
    expect(text).toMatch(expected);
    expect(text).not.toMatch(/\n/);
    expect(exitCode).toBe(1);
  });

  it("a file that is not there, an empty folder, a device, a pipe", async () => {
    expect(await verify(desk.path("nothing"))).toEqual({ exitCode: 1, text: "nothing: cannot be read (ENOENT)" });
    const folder = desk.putFolder(new Map([["x", Buffer.alloc(0)]]));
    expect((await verify(folder)).text).toMatch(/: is neither a bag \(no bagit\.txt\) nor a log \(no checkpoint\)$/);
    expect((await verify("/dev/zero")).text).toBe("/dev/zero: is no file of up to 8000000 bytes");
    execFileSync("mkfifo", [desk.path("pipe")]);
    expect((await verify(desk.path("pipe"))).text).toBe("pipe: is no file of up to 8000000 bytes");
    const since = await verify(desk.put("f", makeCheckpoint([], log)), "--since", desk.path("nothing"));
    expect(since).toEqual({ exitCode: 1, text: "nothing: cannot be read (ENOENT)" });
  });

  it("any bytes at all, and any bytes in place of a log's files", async () => {
    const files = makeLog(makeLeaves(3), makeCheckpoint(makeLeaves(3), log));
    const names = [...files.keys(), "pruned.json"];
    const starts = ["", "PK\x03\x04", "{", "old 3\n", "c2sp.org/tlog-proof@v1\nindex 0\n\n"];
    const inputs = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...names));
    await fc.assert(
      fc.asyncProperty(inputs, async ([start, bytes, name]) => {
        const input = Buffer.concat([Buffer.from(start, "latin1"), bytes]);
        for (const path of [desk.put("f", input), desk.putFolder(new Map(files).set(name, input))]) {
          const { exitCode, text } = await verify(path);
          expect(exitCode).toBe(1);
          expect(text).toMatch(/^(f|folder-\d+): [^\n]+$/);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("the verifier's source", () => {
  it("imports nothing but Node and itself", () => {
    const modules = ["bag", "files", "log", "note", "record", "run", "text", "tree", "verify", "zip"];
    for (const name of modules) {
      const source = readFileSync(`verify/${name}.mjs`, "utf8");
      const imports = [...source.matchAll(/^import (?:.* from )?"([^"]+)";$/gm)].map(([, specifier]) => specifier);
      expect(source).not.toMatch(/await import|require\(|fetch\(|process\.env/);
      for (const specifier of imports)
        expect(specifier).toMatch(
          new RegExp(`^(node:(crypto|fs|path|stream|util|v8|zlib)|\\./(${modules.join("|")})\\.mjs)$`),
        );
    }
  });

  it("needs no network, no environment and no file but those named", () => {
    writeFileSync(desk.path("alone.checkpoint"), makeCheckpoint([], log));
    const args = ["verify/verify.mjs", desk.path("alone.checkpoint"), "--key", log.logKey];
    const { status } = spawnSync(
      process.execPath,
      ["--permission", `--allow-fs-read=${desk.path("")}`, "--allow-fs-read=verify", ...args],
      { env: {} },
    );
    expect(status).toBe(0);
  });
});
