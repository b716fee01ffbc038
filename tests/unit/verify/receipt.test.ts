import { afterAll, describe, expect, it } from "@jest/globals";
import { makeDesk } from "../../support/verify-desk.ts";
import {
  canonicalJson,
  type Json,
  jsonFile,
  makeCheckpoint,
  makeEnvelope,
  makeInclusionProof,
  makeLeaf,
  makeLeaves,
  makeLog,
  makeRecord,
  makeSigner,
  payloadTypes,
  type RecordParts,
  sha256,
} from "../../support/verify-fixtures.ts";

const log = makeSigner("logs.example/tenant-1", "log");
const witness = makeSigner("witness.example/one", "one");
const stranger = makeSigner(log.name, "stranger");
const key = ["--key", log.logKey];
const desk = makeDesk();
afterAll(() => desk.clear());

const statement = {
  requestId: "request-1",
  scope: "person",
  stores: [{ name: "turns", action: "delete", count: 41, finished: "2025-01-15T12:00:00Z" }],
  purgedBy: "2025-03-01T00:00:00Z",
};
const receipt = makeRecord(payloadTypes.erasure, statement, "receiptDigest", log, [witness]);
const verify = (parts: unknown, ...args: string[]) =>
  desk.verify(desk.put("receipt.json", jsonFile(parts)), ...key, ...args);
const envelopeOf = (type: string, payload: Json, signer = log) =>
  makeEnvelope(type, Buffer.from(canonicalJson(payload)), signer);

describe("a receipt", () => {
  it("is accepted with its proof, and says what it states", async () => {
    expect((await verify(receipt, "--witness", witness.witnessKey)).text).toBe(
      "receipt.json: erasure receipt, entry 3 of 7 in logs.example/tenant-1; signed, witnessed 1 of 1\n" +
        "  purgedBy: 2025-03-01T00:00:00Z\n  requestId: request-1\n  scope: person",
    );
  });

  it.each([
    [payloadTypes.retention, "retention receipt"],
    [payloadTypes.closure, "closure certificate"],
  ])("may be of the type %s", async (type, name) => {
    const parts = makeRecord(type, statement, "receiptDigest", log);
    expect((await verify(parts)).text).toMatch(new RegExp(`^receipt\\.json: ${name}, entry 3 of 7`));
  });

  it("is linked with an older checkpoint by the log's folder", async () => {
    const leaves = makeLeaves(7).with(3, Buffer.from(receipt.leaf, "base64"));
    const later = [...leaves, ...makeLeaves(12).slice(7)];
    const folder = desk.putFolder(makeLog(later, makeCheckpoint(later, log)));
    const old = desk.put("old.checkpoint", makeCheckpoint(leaves.slice(0, 5), log));
    expect((await verify(receipt, folder, "--since", old)).text).toMatch(
      /entry 3 of 7 .*; signed, consistent with old\.checkpoint\n/,
    );
    expect((await verify(receipt, "--since", old)).text).toMatch(/nothing that was given shows that its log continues/);
  });
});

describe("a receipt is refused", () => {
  const { envelope, proof, leaf } = receipt;
  const other = makeRecord(payloadTypes.erasure, { ...statement, scope: "conversation" }, "receiptDigest", log);
  const signature = (envelope.signatures as [{ keyid: string; sig: string }])[0];
  const withSignatures = (...signatures: Json[]) => ({ ...receipt, envelope: { ...envelope, signatures } });
  const alsoSignedBy = (signer: typeof log) => {
    const [{ sig }] = envelopeOf(payloadTypes.erasure, statement, signer).signatures as [{ sig: string }];
    return { keyid: signer.spkiHash, sig };
  };
  const zeros = Buffer.alloc(64).toString("base64");

  it.each<[string, unknown, RegExp]>([
    [
      "with another payload",
      { ...receipt, envelope: { ...envelope, payload: other.envelope.payload } },
      /signature of .* over the erasure receipt does not hold/,
    ],
    [
      "with another payload type",
      { ...receipt, envelope: { ...envelope, payloadType: payloadTypes.retention } },
      /over the retention receipt does not hold/,
    ],
    [
      "with an unknown payload type",
      { ...receipt, envelope: envelopeOf("application/json", statement) },
      /payload type is not known: application\/json/,
    ],
    ["with another signature", withSignatures({ ...signature, sig: zeros }), /does not hold/],
    ["with a good signature and a bad one", withSignatures(signature, { ...signature, sig: zeros }), /does not hold/],
    [
      "signed by a key that was not given",
      withSignatures(alsoSignedBy(stranger)),
      /is not signed by a key that was given/,
    ],
    [
      "signed by another key under our key id",
      withSignatures({ ...alsoSignedBy(stranger), keyid: log.spkiHash }),
      /does not hold/,
    ],
    [
      "with another key id",
      withSignatures({ ...signature, keyid: sha256("x").toString("hex") }),
      /is not signed by a key that was given/,
    ],
    ["without signatures", withSignatures(), /is not signed by a key that was given/],
    [
      "with a signature of the wrong length",
      withSignatures({ ...signature, sig: "AAAA" }),
      /signature: holds 3 bytes, not 64/,
    ],
    ["with signatures that are none", withSignatures(null, 1, "x", { keyid: log.spkiHash, sig: 7 }), /does not hold/],
    [
      "without proof",
      { envelope, leaf },
      /has no ledger proof and leaf beside its envelope, and a signature alone is not enough/,
    ],
    ["without leaf", { envelope, proof }, /has no ledger proof and leaf/],
    ["without envelope", { proof, leaf }, /has no envelope/],
    ["that is a bare envelope", envelope, /has no envelope/],
    ["with a field more", { ...receipt, note: "trust me" }, /holds an unknown field, note/],
    [
      "with a field more in its envelope",
      { ...receipt, envelope: { ...envelope, note: 1 } },
      /envelope holds an unknown field, note/,
    ],
    [
      "with a payload type that is no text",
      { ...receipt, envelope: { ...envelope, payloadType: { toString: 1 } } },
      /has no payloadType, payload and signatures/,
    ],
    [
      "with the leaf of another receipt",
      { ...receipt, leaf: other.leaf },
      /its proof: the leaf is not entry 3 of the log/,
    ],
    [
      "with leaf and proof of another receipt",
      { ...other, envelope },
      /entry 3 of the log does not name this erasure receipt: its receiptDigest is another/,
    ],
    [
      "with a leaf that names it elsewhere",
      makeRecord(payloadTypes.erasure, statement, "manifestDigest", log),
      /does not name this erasure receipt/,
    ],
    ["with a leaf without metadata", bare(), /does not name this erasure receipt/],
    [
      "with a leaf in URL-safe base64",
      { ...receipt, leaf: `${leaf.slice(0, -4)}_-==` },
      /leaf: is not canonical base64/,
    ],
    ["with a payload that is not canonical", loose(), /payload: is not canonical JSON/],
    [
      "with a proof for another index",
      { ...receipt, proof: proof.replace("index 3", "index 2") },
      /its proof: the leaf is not entry 2/,
    ],
    ["with a proof from another key", makeRecordWithStranger(), /its proof: its checkpoint: is not signed by the key/],
    [
      "with a proof from another log",
      { ...receipt, proof: elsewhere() },
      /its checkpoint: is of the log logs\.example\/tenant-2, not of logs\.example\/tenant-1/,
    ],
  ])("%s", async (_, parts, expected) => {
    const { exitCode, text } = await verify(parts);
    expect(text).toMatch(expected);
    expect(text).toMatch(/^receipt\.json: [^\n]+$/);
    expect(exitCode).toBe(1);
  });

  it("if too few witnesses cosigned its checkpoint", async () => {
    const unseen = makeSigner("witness.example/two", "two");
    const { text } = await verify(receipt, "--witness", witness.witnessKey, "--witness", unseen.witnessKey);
    expect(text).toBe("receipt.json: its proof: its checkpoint: is cosigned by 1 of 2 witnesses, fewer than 2");
  });

  it.each([
    ["a key twice", JSON.stringify(receipt).replace("{", '{"envelope":{},')],
    ["an escape that is not needed", JSON.stringify(receipt).replace('"proof"', '"p\\u0072oof"')],
    ["a comment", `${JSON.stringify(receipt)} // fine`],
    ["a byte-order mark", `\ufeff${JSON.stringify(receipt)}`],
  ])("spelled with %s", async (_, text) => {
    const answer = await desk.verify(desk.put("receipt.json", text), ...key);
    expect(answer.text).toMatch(
      /^receipt\.json: (is JSON with a key twice or an unusual spelling|is not JSON|is no signed note.*)$/,
    );
    expect(answer.exitCode).toBe(1);
  });

  it("without printing what could deceive a terminal", async () => {
    const parts = makeRecord(payloadTypes.erasure, { scope: "\u001b[2J\u202egnissim\nsigned" }, "receiptDigest", log);
    expect((await verify(parts)).text).toContain("  scope: \\u{1b}[2J\\u{202e}gnissim\\u{a}signed\n");
  });

  function bare(): RecordParts {
    const leaves = makeLeaves(7).with(3, Buffer.from('{"metadata":[]}'));
    const text = makeInclusionProof(3, leaves, makeCheckpoint(leaves, log));
    return { envelope, proof: text, leaf: Buffer.from('{"metadata":[]}').toString("base64") };
  }
  function loose(): RecordParts {
    const payload = Buffer.from('{"scope": "person"}');
    const own = makeLeaf(3, { receiptDigest: sha256(payload).toString("hex") });
    const leaves = makeLeaves(7).with(3, own);
    const text = makeInclusionProof(3, leaves, makeCheckpoint(leaves, log));
    return { envelope: makeEnvelope(payloadTypes.erasure, payload, log), proof: text, leaf: own.toString("base64") };
  }
  function makeRecordWithStranger(): RecordParts {
    return { ...makeRecord(payloadTypes.erasure, statement, "receiptDigest", stranger), envelope };
  }
  function elsewhere(): string {
    const leaves = makeLeaves(7).with(3, Buffer.from(leaf, "base64"));
    return makeInclusionProof(3, leaves, makeCheckpoint(leaves, log, [], "logs.example/tenant-2"));
  }
});
