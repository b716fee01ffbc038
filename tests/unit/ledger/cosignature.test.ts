import { describe, expect, it } from "@jest/globals";
import { openCheckpoint } from "../../../functions/src/ledger/checkpoint.ts";
import { cosign, verifyCosignatures } from "../../../functions/src/ledger/cosignature.ts";
import { formatNote, type Note, type NoteSignature, parseNote } from "../../../functions/src/ledger/note.ts";
import { parseVerifierKey } from "../../../functions/src/ledger/verifier-key.ts";
import { signerFrom } from "../../support/ed25519.ts";
import vectors from "../../vectors/checkpoint-v1.json" with { type: "json" };
import notes from "../../vectors/signed-note.json" with { type: "json" };

const malformed = expect.objectContaining({ code: "ledger-malformed" });
const witness = signerFrom("witness.example/w1", "cosignature", Buffer.from(vectors.witnessSeed, "hex"));
const second = signerFrom("witness.example/w2", "cosignature", Buffer.alloc(32, 4));
const { note } = openCheckpoint(vectors.checkpoint, parseVerifierKey(vectors.logKey));
const at = new Date(vectors.cosignedAt);
const withLines = (...lines: NoteSignature[]): Note => ({ ...note, signatures: [...note.signatures, ...lines] });

describe("cosignatures", () => {
  it("have the bytes of the vector", async () => {
    expect(formatNote(withLines(await cosign(note.text, witness, at)))).toBe(vectors.cosigned);
    expect(verifyCosignatures(parseNote(vectors.cosigned), [parseVerifierKey(vectors.witnessKey)])).toEqual([
      { witness: parseVerifierKey(vectors.witnessKey), cosignedAt: at },
    ]);
  });

  it("lie in their line as in the specification's example", async () => {
    const { line, seconds } = notes.specCosignature;
    const [example] = parseNote(`text\n\n${line}\n`).signatures;
    const ours = await cosign(note.text, witness, new Date(seconds * 1000));
    expect(example?.signature).toHaveLength(72);
    expect(example?.signature.subarray(0, 8)).toEqual(ours.signature.subarray(0, 8));
  });

  it("are told by witness, each once with its latest time", async () => {
    const later = new Date(at.getTime() + 60_000);
    const lines = [
      await cosign(note.text, witness, later),
      await cosign(note.text, witness, at),
      await cosign(note.text, second, at),
    ];
    expect(verifyCosignatures(withLines(...lines), [witness.key, second.key])).toEqual([
      { witness: witness.key, cosignedAt: later },
      { witness: second.key, cosignedAt: at },
    ]);
    expect(verifyCosignatures(withLines(...lines), [second.key])).toHaveLength(1);
    expect(verifyCosignatures(note, [witness.key])).toEqual([]);
  });

  it("are refused when any byte of time or signature is changed, dropped or added", async () => {
    const good = await cosign(note.text, witness, at);
    const spoil = (signature: Uint8Array) => withLines({ ...good, signature });
    for (let byte = 0; byte < good.signature.length; byte++) {
      const changed = Buffer.from(good.signature);
      changed[byte] = (changed[byte] ?? 0) ^ 1;
      expect(() => verifyCosignatures(spoil(changed), [witness.key])).toThrow(malformed);
      expect(() => verifyCosignatures(spoil(good.signature.subarray(0, byte)), [witness.key])).toThrow(malformed);
    }
    expect(() => verifyCosignatures(spoil(Buffer.concat([good.signature, Buffer.alloc(1)])), [witness.key])).toThrow(
      malformed,
    );
  });

  it("are refused on another checkpoint, and by another key under the same name and id", async () => {
    const line = await cosign(note.text, witness, at);
    const other = { ...withLines(line), text: note.text.replace("\n2\n", "\n3\n") };
    expect(() => verifyCosignatures(other, [witness.key])).toThrow("does not verify");
    const forger = { ...second.key, name: witness.key.name, id: witness.key.id };
    expect(() => verifyCosignatures(withLines(line), [forger])).toThrow("does not verify");
  });

  it("are not the log's own signature by the same key: each has its own message", async () => {
    const log = signerFrom(vectors.origin, "cosignature", Buffer.from(vectors.logSeed, "hex"));
    const [own] = note.signatures;
    const passedOff = {
      name: log.key.name,
      keyId: log.key.id,
      signature: Buffer.concat([Buffer.alloc(8), own?.signature ?? Buffer.alloc(0)]),
    };
    expect(() => verifyCosignatures(withLines(passedOff), [log.key])).toThrow("does not verify");
  });

  it("are made and verified for checkpoints alone, by keys for cosignatures alone", async () => {
    await expect(cosign("hello\n", witness, at)).rejects.toEqual(malformed);
    await expect(cosign(note.text, signerFrom("w", "ed25519", Buffer.alloc(32)), at)).rejects.toEqual(malformed);
    expect(() => verifyCosignatures({ ...note, text: "hello\n" }, [])).toThrow(malformed);
    expect(() => verifyCosignatures(note, [parseVerifierKey(vectors.logKey)])).toThrow("not for cosignatures");
  });

  it("are refused with a time that no clock shows", async () => {
    const line = await cosign(note.text, witness, at);
    const never = Buffer.concat([Buffer.alloc(8, 0xff), line.signature.subarray(8)]);
    expect(() => verifyCosignatures(withLines({ ...line, signature: never }), [witness.key])).toThrow("has no time");
  });
});
