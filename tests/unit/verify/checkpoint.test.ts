import { afterAll, describe, expect, it } from "@jest/globals";
import { makeDesk } from "../../support/verify-desk.ts";
import { makeCheckpoint, makeLeaves, makeSigner, sha256, signNote, treeHash } from "../../support/verify-fixtures.ts";

const log = makeSigner("logs.example/tenant-1", "log");
const stranger = makeSigner("logs.example/tenant-2", "stranger");
const witnesses = ["one", "two", "three"].map((name) => makeSigner(`witness.example/${name}`, name));
const [w1, w2, w3] = witnesses as [typeof log, typeof log, typeof log];
const leaves = makeLeaves(5);
const root = sha256("any root").toString("base64");
const desk = makeDesk();
afterAll(() => desk.clear());

const verify = (note: string | Uint8Array, ...args: string[]) =>
  desk.verify(desk.put("checkpoint", note), "--key", log.logKey, ...args);

describe("a checkpoint", () => {
  it("is accepted as signed", async () => {
    expect(await verify(makeCheckpoint(leaves, log))).toEqual({
      exitCode: 0,
      text:
        "checkpoint: checkpoint of 5 entries in logs.example/tenant-1; signed\n" +
        "Trust reaches as far as the key: its holder could show other entries to somebody else.",
    });
  });

  it("is accepted for an empty log, with extension lines, with 16 signatures, and with keys from a file", async () => {
    const file = desk.put("keys.txt", `${stranger.logKey}\n\n${log.logKey}\n`);
    const many = Array.from({ length: 15 }, (_, i) => makeSigner(`witness.example/${i}`, `w${i}`));
    for (const note of [
      makeCheckpoint([], log),
      signNote(`${log.name}\n3\n${root}\nextension\n`, log),
      makeCheckpoint(leaves, log, many),
    ])
      expect(await desk.verify(desk.put("checkpoint", note), "--key", file)).toMatchObject({ exitCode: 0 });
  });

  it("is accepted for an origin other than the key's name if that is asked for", async () => {
    const note = makeCheckpoint(leaves, log, [], "logs.example/other");
    expect(await verify(note, "--origin", "logs.example/other")).toMatchObject({ exitCode: 0 });
  });

  it("says how many witnesses cosigned", async () => {
    const note = makeCheckpoint(leaves, log, [w1, w3]);
    const given = witnesses.flatMap(({ witnessKey }) => ["--witness", witnessKey]);
    const { text } = await verify(note, ...given, "--quorum", "2");
    expect(text).toBe("checkpoint: checkpoint of 5 entries in logs.example/tenant-1; signed, witnessed 2 of 3");
    expect((await verify(note, ...given)).text).toBe("checkpoint: is cosigned by 2 of 3 witnesses, fewer than 3");
  });

  it("counts a witness that cosigned twice once", async () => {
    const note = makeCheckpoint(leaves, log, [w1, w1]);
    const given = ["--witness", w1.witnessKey, "--witness", w2.witnessKey];
    expect((await verify(note, ...given)).text).toBe("checkpoint: is cosigned by 1 of 2 witnesses, fewer than 2");
  });
});

const good = makeCheckpoint(leaves, log);
const body = good.slice(0, good.indexOf("\n\n") + 1);
const signature = good.slice(good.indexOf("\u2014"));
const resigned = (text: string) => signNote(text, log);
const keyIdOf = (key: string) => key.split("+")[1];
const otherId = signature.replace(/ (\S+)\n$/, (_, text: string) => {
  const bytes = Buffer.from(text, "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return ` ${bytes.toString("base64")}\n`;
});

describe("a checkpoint is refused", () => {
  it.each([
    [
      "signed by another key of the same name",
      makeCheckpoint(leaves, makeSigner(log.name, "wrong")),
      /not signed by the key/,
    ],
    ["signed by another log", makeCheckpoint(leaves, stranger), /only by logs\.example\/tenant-2\+/],
    [
      "with another key id",
      `${body}\n${otherId}`,
      new RegExp(`not signed by the key ${log.name}\\+${keyIdOf(log.logKey)}`),
    ],
    [
      "of another origin",
      makeCheckpoint(leaves, log, [], "logs.example/x"),
      /is of the log logs\.example\/x, not of logs/,
    ],
    ["with a larger size", good.replace("\n5\n", "\n6\n"), /signature of logs\.example\/tenant-1\+.* does not hold/],
    ["with another root", good.replace(/\n[^\n]{44}\n/, `\n${root}\n`), /does not hold/],
    [
      "with two signatures of which one does not hold",
      good + signature.replace(/....=*\n$/, "AAA=\n"),
      /canonical|hold/,
    ],
    [
      "with a good signature and a bad one of the same key",
      good + makeCheckpoint(makeLeaves(4), log).split("\n\n")[1],
      /hold/,
    ],
    ["with a signature too short", `${body}\n\u2014 ${log.name} AAAA\n`, /signature line 1 is too short/],
    ["with a signature of the wrong length", `${body}\n${shortened(signature)}`, /has the wrong length/],
    ["without signatures", `${body}\n`, /does not end in a signature line and a newline/],
    ["without its final newline", good.slice(0, -1), /does not end in a signature line and a newline/],
    ["without an empty line", body, /has no empty line before its signatures/],
    ["with a hyphen for the dash", good.replace("\u2014", "-"), /signature line 1 is malformed/],
    ["with Windows line ends", good.replaceAll("\n", "\r\n"), /holds a control character|no empty line/],
    ["with a tab", good.replace("tenant", "ten\tant"), /holds a control character/],
    ["with a NUL", good.replace("tenant", "ten\0ant"), /holds a control character/],
    [
      "with unpadded base64",
      `${body}\n${signature.replace(/=+\n$/, "\n")}`,
      /signature line 1: is not canonical base64/,
    ],
    ["with stray bits in its base64", `${body}\n${strayBits(signature)}`, /signature line 1: is not canonical base64/],
    ["with a size of 05", resigned(`${log.name}\n05\n${root}\n`), /is no checkpoint/],
    ["with a size beyond 2^53", resigned(`${log.name}\n9007199254740993\n${root}\n`), /is no checkpoint/],
    ["with a negative size", resigned(`${log.name}\n-1\n${root}\n`), /is no checkpoint/],
    ["with an empty origin", resigned(`\n5\n${root}\n`), /is no checkpoint/],
    [
      "with a root of 31 bytes",
      resigned(`${log.name}\n5\n${Buffer.alloc(31).toString("base64")}\n`),
      /holds 31 bytes, not 32/,
    ],
    ["with an empty extension line", resigned(`${log.name}\n5\n${root}\n\nx\n`), /has an empty extension line/],
    ["with two lines only", resigned(`${log.name}\n5\n`), /its root hash: holds 0 bytes, not 32/],
    ["with 101 signatures", good + signature.repeat(100), /has more than 100 signatures/],
    ["larger than 1 MB", resigned(`${log.name}\n5\n${root}\n${"x".repeat(1_000_000)}\n`), /larger than 1000000 bytes/],
    ["with a byte-order mark", `\ufeff${good}`, /does not hold/],
  ])("%s", async (_, note, expected) => {
    const { exitCode, text } = await verify(note);
    expect(text).toMatch(expected);
    expect(text).toMatch(/^checkpoint: [^\n]+$/);
    expect(exitCode).toBe(1);
  });

  it("if it is not UTF-8", async () => {
    const note = Buffer.concat([Buffer.from("logs\xff", "latin1"), Buffer.from(good)]);
    expect(await verify(note)).toEqual({ exitCode: 1, text: "checkpoint: is not UTF-8 text" });
  });

  it("if a cosignature of a given witness does not hold", async () => {
    const other = makeCheckpoint(makeLeaves(4), log, [w1]).split("\n").at(-2);
    const { exitCode, text } = await verify(`${good}${other}\n`, "--witness", w1.witnessKey, "--quorum", "0");
    expect(text).toMatch(/^checkpoint: the signature of witness\.example\/one\+[0-9a-f]{8} does not hold$/);
    expect(exitCode).toBe(1);
  });
});

describe("a checkpoint of the same size with another root", () => {
  it("is a fork", async () => {
    const fork = [...leaves.slice(0, 4), Buffer.from("{}")];
    const here = desk.put("checkpoint", good);
    const there = desk.put("there", makeCheckpoint(fork, log));
    const { exitCode, text } = await desk.verify(here, there, "--key", log.logKey);
    expect(text).toBe("there: signs other 5 entries than checkpoint: the log has been forked");
    expect(exitCode).toBe(1);
    expect((await desk.verify(here, "--since", there, "--key", log.logKey)).text).toMatch(/the log has been forked/);
  });

  it("is none of our business in another log", async () => {
    const here = desk.put("checkpoint", good);
    const there = desk.put("there", makeCheckpoint(leaves.slice(0, 4).concat(Buffer.from("{}")), stranger));
    expect(await desk.verify(here, there, "--key", log.logKey, "--key", stranger.logKey)).toMatchObject({
      exitCode: 0,
    });
  });
});

describe("a verifier key", () => {
  it("is derived as c2sp.org/signed-note says, whoever made these", async () => {
    // Key and note from the documentation of golang.org/x/mod/sumdb/note.
    const key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const note =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const { text } = await desk.verify(desk.put("note", note), "--key", key);
    expect(text).toBe("note: is no checkpoint: its lines are not origin, tree size and root hash");
    expect(treeHash([])).toEqual(sha256());
  });

  it.each([
    ["text", "hello", /hello: cannot be read \(ENOENT\)/],
    ["a wrong key id", log.logKey.replace(/\+[0-9a-f]{8}\+/, "+00000000+"), /has the key id [0-9a-f]{8}, not 00000000/],
    ["another name", log.logKey.replace("tenant-1", "tenant-9"), /has the key id/],
    ["a key cut short", log.logKey.slice(0, -4), /holds 30 bytes, not 33/],
    ["a witness's key", w1.witnessKey, /has the type 4, not 1/],
  ])("is a usage error if it is %s", async (_, key, expected) => {
    const { exitCode, text } = await desk.verify(desk.put("checkpoint", good), "--key", key);
    expect(text).toMatch(expected);
    expect(exitCode).toBe(2);
  });

  it.each([
    ["a log's key as witness", ["--witness", stranger.logKey], /has the type 1, not 4/],
    ["the log's own key as witness", ["--witness", log.witnessKey], /a witness has the key of the log/],
    [
      "one key as two witnesses",
      ["--witness", w1.witnessKey, "--witness", makeSigner("b", "one").witnessKey],
      /of another one/,
    ],
    [
      "a quorum above the witnesses",
      ["--witness", w1.witnessKey, "--quorum", "2"],
      /--quorum is no number from 0 to 1/,
    ],
    ["a quorum that is no number", ["--quorum", "all"], /--quorum is no number/],
  ])("is a usage error: %s", async (_, args, expected) => {
    const { exitCode, text } = await verify(good, ...args);
    expect(text).toMatch(expected);
    expect(exitCode).toBe(2);
  });
});

function shortened(line: string): string {
  return line.replace(
    / (\S+)\n$/,
    (_, text: string) => ` ${Buffer.from(text, "base64").subarray(0, 67).toString("base64")}\n`,
  );
}

function strayBits(line: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return line.replace(
    /(.)(=+)\n$/,
    (_, last: string, pad: string) => `${alphabet[alphabet.indexOf(last) + 1]}${pad}\n`,
  );
}
