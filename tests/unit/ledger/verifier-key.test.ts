import { describe, expect, it } from "@jest/globals";
import { formatVerifierKey, parseVerifierKey, verifierKey } from "../../../functions/src/ledger/verifier-key.ts";
import vectors from "../../vectors/signed-note.json" with { type: "json" };

const malformed = expect.objectContaining({ code: "ledger-malformed" });
const published = [...vectors.notes.flatMap((note) => note.keys), ...vectors.cosignatureKeys];
const [peter = ""] = published;

describe("verifier keys", () => {
  it.each(published)("are read and written: %s", (text) => {
    const key = parseVerifierKey(text);
    expect(formatVerifierKey(key)).toBe(text);
    expect(verifierKey(key.name, key.type, key.publicKey)).toEqual(key);
  });

  it("tell a witness's key from a log's", () => {
    expect(published.map((text) => parseVerifierKey(text).type)).toEqual([
      ...vectors.notes.flatMap((note) => note.keys.map(() => "ed25519")),
      "cosignature",
    ]);
  });

  it("have another id for another use of the same key and name", () => {
    const publicKey = new Uint8Array(32).fill(1);
    expect(verifierKey("a.example", "ed25519", publicKey).id).not.toBe(
      verifierKey("a.example", "cosignature", publicKey).id,
    );
  });

  it.each(vectors.refusedKeys)("are refused as Go's note refuses them: %s", (text) => {
    expect(() => parseVerifierKey(text)).toThrow(malformed);
  });

  it("are refused when any part is missing, or any character is the next one", () => {
    for (let from = 0; from <= peter.length; from++) {
      for (let to = from; to <= peter.length; to++) {
        if (to - from < peter.length) expect(() => parseVerifierKey(peter.slice(from, to))).toThrow(malformed);
      }
      const next = String.fromCharCode(peter.charCodeAt(from) + 1);
      if (from < peter.length) {
        expect(() => parseVerifierKey(peter.slice(0, from) + next + peter.slice(from + 1))).toThrow(malformed);
      }
    }
  });

  it.each([
    ["an id in capitals", peter.replace("c74f20a3", "C74F20A3")],
    ["padding that need not be", `${peter}====`],
    ["a newline at the end", `${peter}\n`],
    ["a part more", `${peter}+AA==`],
  ])("are refused with %s", (_, text) => {
    expect(() => parseVerifierKey(text)).toThrow(malformed);
  });

  it.each([
    "",
    "two words",
    "non\u00a0breaking",
    "ideographic\u3000space",
    "next\u0085line",
    "plus+sign",
    "line\nfeed",
    "bell\u0007",
    "\ud800",
  ])("are not made with the name %j", (name) => {
    expect(() => verifierKey(name, "ed25519", new Uint8Array(32))).toThrow(malformed);
  });

  it("are not made of keys that have not 32 bytes", () => {
    expect(() => verifierKey("a.example", "ed25519", new Uint8Array(31))).toThrow(malformed);
  });
});
