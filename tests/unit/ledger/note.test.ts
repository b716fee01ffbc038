import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatNote, type NoteSigner, parseNote, signNote, verifyNote } from "../../../functions/src/ledger/note.ts";
import { parseVerifierKey } from "../../../functions/src/ledger/verifier-key.ts";
import { signerFrom } from "../../support/ed25519.ts";
import vectors from "../../vectors/signed-note.json" with { type: "json" };

const malformed = expect.objectContaining({ code: "ledger-malformed" });
const { text, seed, note: source } = vectors.signing;
const signer = signerFrom("PeterNeumann", "ed25519", Buffer.from(seed, "hex"));
const line = source.slice(text.length + 1);
const stranger = signerFrom("Stranger", "ed25519", Buffer.alloc(32, 9));

describe("published notes", () => {
  it.each(vectors.notes)("of $source are read, verified and written", ({ note, text, keys }) => {
    const parsed = parseNote(note);
    expect(parsed.text).toBe(text);
    for (const key of keys) verifyNote(parsed, parseVerifierKey(key));
    expect(formatNote(parsed)).toBe(note);
  });

  it("are signed to the same bytes", async () => {
    expect(formatNote(await signNote(text, signer))).toBe(source);
  });
});

describe("reading", () => {
  it.each([
    ["no signatures", text],
    ["no signature line", `${text}\n`],
    ["no newline at the end", source.slice(0, -1)],
    ["an empty line at the end", `${source}\n`],
    ["a control character", `\u0001${source}`],
    ["a carriage return", source.replaceAll("\n", "\r\n")],
    ["a lone surrogate", `\ud800${source}`],
    ["no text", line],
    ["a line after the signatures", `${source}Unexpected line.\n`],
    ["a name of two words", source.replace("— PeterNeumann", "— Peter Neumann")],
    ["a name with a plus sign", source.replace("PeterNeumann", "Peter+Neumann")],
    ["no name", source.replace("— PeterNeumann", "—")],
    ["a hyphen for the dash", source.replace("—", "-")],
    ["two spaces", source.replace("— ", "—  ")],
    ["a space at the end of a line", source.replace(/\n$/, " \n")],
    ["base64 without padding", source.replace(/=\n$/, "\n")],
    ["base64 with stray last bits", source.replace("AnAM=", "AnAN=").replace("JnAM=", "JnAN=")],
    ["base64url", source.replace("/Z", "_Z")],
    ["base64 broken by a space", source.replace("go/Z", "go/ Z")],
    ["a key id and no signature", `${text}\n— PeterNeumann x08gow==\n`],
    ["101 signatures", `${text}\n${line.repeat(101)}`],
    ["more than a million bytes", "x".repeat(1_000_000) + source],
  ])("refuses %s", (_, changed) => {
    expect(changed).not.toBe(source);
    expect(() => parseNote(changed)).toThrow(malformed);
  });

  it("takes 100 signatures, long ones, and empty lines in the text", () => {
    expect(parseNote(`${text}\n${line.repeat(100)}`).signatures).toHaveLength(100);
    const long = `${text}\n— pq.example ${Buffer.alloc(5000, 1).toString("base64")}\n`;
    expect(formatNote(parseNote(long))).toBe(long);
    const largest = "x".repeat(1_000_000 - Buffer.byteLength(source)) + source;
    expect(parseNote(largest).text).toHaveLength(largest.length - line.length - 1);
    const spaced = `first\n\n\nlast\n\n${line}`;
    expect(parseNote(spaced).text).toBe("first\n\n\nlast\n");
  });

  it("gives back what was signed, for any text", async () => {
    const texts = fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }).map((lines) => `${lines.join("\n")}\n`);
    await fc.assert(
      fc.asyncProperty(texts, async (any) => {
        const note = parseNote(formatNote(await signNote(any, signer)));
        expect(note.text).toBe(any);
        verifyNote(note, signer.key);
      }),
    );
  });
});

describe("verifying", () => {
  it("refuses a text with any character changed", () => {
    for (let at = 0; at < text.length - 1; at++) {
      const changed = text.slice(0, at) + (text[at] === "x" ? "y" : "x") + text.slice(at + 1);
      expect(() => verifyNote(parseNote(`${changed}\n${line}`), signer.key)).toThrow(malformed);
    }
  });

  it("refuses a note that the key did not sign", () => {
    expect(() => verifyNote(parseNote(source), stranger.key)).toThrow("Stranger+");
  });

  it("refuses the right name with another key's id, and the right id with another name", () => {
    const renamed = parseNote(source.replace("PeterNeumann", "Peter"));
    expect(() => verifyNote(renamed, signer.key)).toThrow("did not sign");
    const otherId = parseNote(source.replace("x08g", "x08h"));
    expect(() => verifyNote(otherId, signer.key)).toThrow("did not sign");
  });

  it("refuses a bad signature of the key even beside a good one", () => {
    const bad = line.replace("JkuB", "JkuC");
    expect(() => verifyNote(parseNote(`${text}\n${line}${bad}`), signer.key)).toThrow("does not verify");
    expect(() => verifyNote(parseNote(`${text}\n${bad}${line}`), signer.key)).toThrow("does not verify");
  });

  it("ignores signatures of keys that it was not asked about", async () => {
    const theirs = formatNote(await signNote("another text\n", stranger)).split("\n\n")[1] ?? "";
    verifyNote(parseNote(`${text}\n${theirs}${line}`), signer.key);
    expect(() => verifyNote(parseNote(`${text}\n${theirs}${line}`), stranger.key)).toThrow("does not verify");
  });

  it("refuses a witness's key, whose signatures are of another kind", () => {
    const cosigner = signerFrom("PeterNeumann", "cosignature", Buffer.from(seed, "hex"));
    expect(() => verifyNote(parseNote(source), cosigner.key)).toThrow(malformed);
  });
});

describe("signing", () => {
  it.each(["", "no newline", "tab\there\n", "\ud800\n"])("refuses the text %j", async (bad) => {
    await expect(signNote(bad, signer)).rejects.toEqual(malformed);
  });

  it.each<[string, NoteSigner["sign"]]>([
    ["zeros", () => Promise.resolve(new Uint8Array(64))],
    ["nothing", () => Promise.resolve(new Uint8Array(0))],
    ["a signature by another key", stranger.sign],
    ["a signature of something else", () => signer.sign(Buffer.from("something else"))],
  ])("does not publish when the signer answers %s", async (_, sign) => {
    await expect(signNote(text, { ...signer, sign })).rejects.toEqual(malformed);
  });

  it("passes on why the signer failed", async () => {
    const down = new Error("key-unavailable");
    await expect(signNote(text, { ...signer, sign: () => Promise.reject(down) })).rejects.toBe(down);
  });
});
