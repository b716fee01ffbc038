import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from "../../../functions/src/ledger/checkpoint.ts";
import { formatNote, signNote } from "../../../functions/src/ledger/note.ts";
import { parseVerifierKey } from "../../../functions/src/ledger/verifier-key.ts";
import { signerFrom } from "../../support/ed25519.ts";
import vectors from "../../vectors/checkpoint-v1.json" with { type: "json" };
import notes from "../../vectors/signed-note.json" with { type: "json" };

const malformed = expect.objectContaining({ code: "ledger-malformed" });
const root = Buffer.from(vectors.root, "hex");
const checkpoint = { origin: vectors.origin, size: vectors.size, root, extensions: [] };
const signer = signerFrom(vectors.origin, "ed25519", Buffer.from(vectors.logSeed, "hex"));
const logKey = parseVerifierKey(vectors.logKey);
const text = formatCheckpoint(checkpoint);
const root64 = root.toString("base64");

describe("checkpoints", () => {
  it("have the bytes of the vector, signed and opened", async () => {
    expect(await signCheckpoint(checkpoint, signer)).toBe(vectors.checkpoint);
    expect(openCheckpoint(vectors.checkpoint, logKey).checkpoint).toEqual(checkpoint);
    expect(openCheckpoint(vectors.cosigned, logKey).checkpoint).toEqual(checkpoint);
  });

  it("are read as Go's checksum database publishes them", () => {
    const [tree] = notes.notes.filter((note) => note.text.startsWith("go.sum database tree"));
    expect(parseCheckpoint(tree?.text ?? "")).toMatchObject({ origin: "go.sum database tree", size: 20_852_163 });
  });

  it("are read back for any log", () => {
    const line = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !value.includes("\n"));
    const any = fc.record({
      origin: line,
      size: fc.maxSafeNat().map((size) => size + (size === 0 ? 1 : 0)),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
      extensions: fc.array(line, { maxLength: 3 }),
    });
    fc.assert(fc.property(any, (value) => expect(parseCheckpoint(formatCheckpoint(value))).toEqual(value)));
  });

  it.each([
    ["no newline at the end", text.slice(0, -1)],
    ["no root", `${text.split("\n").slice(0, 2).join("\n")}\n`],
    ["no origin", text.replace(vectors.origin, "")],
    ["an empty line before", `\n${text}`],
    ["an empty extension", `${text}\n`],
    ["an empty extension among others", `${text}a\n\nb\n`],
    ["a leading zero", text.replace("\n2\n", "\n02\n")],
    ["a plus sign", text.replace("\n2\n", "\n+2\n")],
    ["a negative size", text.replace("\n2\n", "\n-2\n")],
    ["a size in hex", text.replace("\n2\n", "\n0x2\n")],
    ["a size with an exponent", text.replace("\n2\n", "\n2e3\n")],
    ["a space after the size", text.replace("\n2\n", "\n2 \n")],
    ["a size that cannot be counted", text.replace("\n2\n", "\n9007199254740992\n")],
    ["a short root", text.replace(root64, root.subarray(1).toString("base64"))],
    ["a long root", text.replace(root64, Buffer.concat([root, root]).toString("base64"))],
    ["a root in base64url", text.replace(root64, `${root.toString("base64url")}=`)],
    ["a root in hex", text.replace(root64, root.toString("hex"))],
    ["an empty tree with another root", text.replace("\n2\n", "\n0\n")],
  ])("are refused with %s", (_, changed) => {
    expect(changed).not.toBe(text);
    expect(() => parseCheckpoint(changed)).toThrow(malformed);
  });

  it.each([
    ["a newline in the origin", { ...checkpoint, origin: "two\nlines" }],
    ["lines smuggled into the origin", { ...checkpoint, origin: `${vectors.origin}\n7\n${root64}` }],
    ["a newline in an extension", { ...checkpoint, extensions: ["a\nb"] }],
    ["an empty extension", { ...checkpoint, extensions: [""] }],
    ["half a leaf", { ...checkpoint, size: 0.5 }],
    ["a root of 31 bytes", { ...checkpoint, root: root.subarray(1) }],
  ])("are not written with %s", (_, bad) => {
    expect(() => formatCheckpoint(bad)).toThrow(malformed);
  });
});

describe("opening", () => {
  it("refuses a checkpoint that its key signed for another log", async () => {
    const other = formatNote(await signNote(text.replace(vectors.origin, "log.lethe.example/other"), signer));
    expect(() => openCheckpoint(other, logKey)).toThrow("it is of log.lethe.example/other");
  });

  it("refuses one signed by nobody known, or changed since", () => {
    const stranger = signerFrom(vectors.origin, "ed25519", Buffer.alloc(32, 3)).key;
    expect(() => openCheckpoint(vectors.checkpoint, stranger)).toThrow("did not sign");
    expect(() => openCheckpoint(vectors.checkpoint.replace("\n2\n", "\n3\n"), logKey)).toThrow("does not verify");
  });

  it("refuses a signed text that is no checkpoint", async () => {
    const note = formatNote(await signNote("hello\n", signer));
    expect(() => openCheckpoint(note, logKey)).toThrow("checkpoint is malformed");
  });

  it("is not needed for another log's checkpoint, since that is never signed", async () => {
    await expect(signCheckpoint({ ...checkpoint, origin: "log.lethe.example/other" }, signer)).rejects.toEqual(
      malformed,
    );
  });
});
