import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fieldAad, keyAad } from "../../../functions/src/crypto/aad.ts";
import {
  type KeyKind,
  keyKinds,
  open,
  openText,
  type SealingKey,
  seal,
  sealText,
  unwrapKey,
  wrapKey,
} from "../../../functions/src/crypto/envelope.ts";
import vectors from "../../vectors/envelope-v1.json" with { type: "json" };

const bytes = (hex: string) => Buffer.from(hex, "hex");
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
/** Answers one fixed nonce. */
const fixed = (nonce: string) => ({ bytes: () => bytes(nonce) });
const counting = { bytes: (length: number) => new Uint8Array(length).fill(9) };
const isKind = (kind: string): kind is KeyKind => kind in keyKinds;
const keyFrom = (kind: string, key: string): SealingKey => {
  if (!isKind(kind)) throw new TypeError(`vector has key kind ${kind}`);
  return { kind, bytes: bytes(key) };
};
const invalid = expect.objectContaining({ code: "ciphertext-invalid" });

const dek: SealingKey = { kind: "dek", bytes: new Uint8Array(32).fill(1) };
const tenantKey: SealingKey = { kind: "tenant", bytes: new Uint8Array(32).fill(2) };
const place = { store: "data", documentPath: "tenants/t1/conversations/c1/turns/u1", field: "question" };
const keyBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("vectors of version 1", () => {
  it.each(vectors.fields)("seal $place.field under a $kind key to the same bytes, and open", (vector) => {
    const key = keyFrom(vector.kind, vector.key);
    const aad = fieldAad(vector.place);
    expect(hex(aad)).toBe(vector.aad);
    expect(hex(sealText(key, aad, vector.text, fixed(vector.nonce)))).toBe(vector.envelope);
    expect(openText(key, aad, bytes(vector.envelope))).toBe(vector.text);
  });

  it.each(vectors.wrappedKeys)("wrap the $name.purpose key to the same bytes, and unwrap", (vector) => {
    const key = keyFrom("tenant", vector.tenantKey);
    expect(hex(keyAad(vector.name))).toBe(vector.aad);
    expect(hex(wrapKey(key, vector.name, bytes(vector.key), fixed(vector.nonce)))).toBe(vector.envelope);
    expect(hex(unwrapKey(key, vector.name, bytes(vector.envelope)))).toBe(vector.key);
  });
});

describe("sealing", () => {
  it("is undone by opening, for any bytes, key and place", () => {
    fc.assert(
      fc.property(keyBytes, fc.uint8Array({ maxLength: 2000 }), fc.string({ unit: "grapheme" }), (key, text, field) => {
        const under: SealingKey = { kind: "evidence", bytes: key };
        const aad = fieldAad({ ...place, field });
        expect(hex(open(under, aad, seal(under, aad, text, counting)))).toBe(hex(text));
      }),
    );
  });

  it("is undone for any text, a byte order mark too", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constant("\ufeffmarked")), (text) => {
        expect(openText(dek, fieldAad(place), sealText(dek, fieldAad(place), text, counting))).toBe(text);
      }),
    );
  });

  it("replaces a lone surrogate, which UTF-8 cannot hold", () => {
    const sealed = sealText(dek, fieldAad(place), "a\ud800b", counting);
    expect(openText(dek, fieldAad(place), sealed)).toBe("a\ufffdb");
  });

  it("tells the length of a text only to the next 256 bytes", () => {
    const sizes = [0, 1, 255, 256, 511].map(
      (length) => sealText(dek, fieldAad(place), "x".repeat(length), counting).length,
    );
    expect(sizes).toEqual([286, 286, 286, 542, 542]);
  });

  it("refuses keys that are not 32 bytes, which would be a bug", () => {
    const short: SealingKey = { kind: "dek", bytes: new Uint8Array(16) };
    expect(() => seal(short, fieldAad(place), new Uint8Array(1), counting)).toThrow(RangeError);
    expect(() => wrapKey(tenantKey, { tenantId: "t1", purpose: "dek", id: "s1" }, short.bytes, counting)).toThrow(
      RangeError,
    );
  });
});

describe("an envelope does not open", () => {
  const aad = fieldAad(place);
  const envelope = sealText(dek, aad, "Where is my order 4711?", counting);
  const regions = { version: 0, "key kind": 1, nonce: 2, ciphertext: 14, tag: envelope.length - 16 };

  it.each(Object.entries(regions))("with any bit of the %s's first byte flipped", (_, offset) => {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(envelope);
      flipped[offset] = (flipped[offset] ?? 0) ^ (1 << bit);
      expect(() => openText(dek, aad, flipped)).toThrow(invalid);
    }
  });

  it("with any byte changed, dropped or doubled", () => {
    for (let offset = 0; offset < envelope.length; offset++) {
      const [head, tail] = [envelope.subarray(0, offset), envelope.subarray(offset)];
      expect(() => openText(dek, aad, Buffer.concat([head, tail.subarray(1)]))).toThrow(invalid);
      expect(() => openText(dek, aad, Buffer.concat([head, tail.subarray(0, 1), tail]))).toThrow(invalid);
      const changed = Buffer.from(envelope);
      changed[offset] = (changed[offset] ?? 0) ^ 0xff;
      expect(() => openText(dek, aad, changed)).toThrow(invalid);
    }
  });

  it("cut short anywhere, empty, or with its tag cut to lengths that GCM knows", () => {
    for (let length = 0; length < envelope.length; length++) {
      expect(() => openText(dek, aad, envelope.subarray(0, length))).toThrow(invalid);
    }
    expect(() => open(dek, aad, new Uint8Array(0))).toThrow(invalid);
  });

  it("with a tag of zeros, or the tag of another envelope under the same nonce", () => {
    const other = sealText(dek, aad, "Where is my order 4712?", counting);
    const body = envelope.subarray(0, envelope.length - 16);
    expect(() => openText(dek, aad, Buffer.concat([body, new Uint8Array(16)]))).toThrow(invalid);
    expect(() => openText(dek, aad, Buffer.concat([body, other.subarray(-16)]))).toThrow(invalid);
  });

  it.each([
    ["another tenant", { ...place, documentPath: "tenants/t2/conversations/c1/turns/u1" }],
    ["another document", { ...place, documentPath: "tenants/t1/conversations/c1/turns/u2" }],
    ["another field", { ...place, field: "answer" }],
    ["another store", { ...place, store: "keys" }],
    [
      "a place whose parts run together the same",
      { ...place, documentPath: `${place.documentPath}q`, field: "uestion" },
    ],
  ])("when it was moved to %s", (_, moved) => {
    expect(() => openText(dek, fieldAad(moved), envelope)).toThrow(invalid);
  });

  it("with another key, or the same bytes as a key of another kind", () => {
    expect(() => openText({ ...dek, bytes: new Uint8Array(32).fill(3) }, aad, envelope)).toThrow(invalid);
    expect(() => openText({ ...dek, kind: "evidence" }, aad, envelope)).toThrow(invalid);
    const relabelled = Buffer.from(envelope);
    relabelled[1] = keyKinds.evidence;
    expect(() => openText({ ...dek, kind: "evidence" }, aad, relabelled)).toThrow(invalid);
  });

  it("without saying more to the caller than that, and with the cause kept for the log", () => {
    const wrongKey = { ...dek, bytes: new Uint8Array(32).fill(3) };
    expect(() => openText(wrongKey, aad, envelope)).toThrow(
      expect.objectContaining({
        message: "envelope does not open with this key at this place",
        cause: expect.objectContaining({ message: expect.stringContaining("authenticate") }),
      }),
    );
  });

  it("as text when what is inside is not padded, or not UTF-8", () => {
    expect(() => openText(dek, aad, seal(dek, aad, Buffer.from("unpadded"), counting))).toThrow(invalid);
    const notText = Buffer.alloc(256);
    notText.set([0xff, 0xfe, 0x80]);
    expect(() => openText(dek, aad, seal(dek, aad, notText, counting))).toThrow(invalid);
  });
});

describe("a wrapped key", () => {
  const name = { tenantId: "t1", purpose: "dek", id: "s1" };
  const wrapped = wrapKey(tenantKey, name, new Uint8Array(32).fill(7), counting);

  it("has 62 bytes and unwraps under its name", () => {
    expect(wrapped).toHaveLength(62);
    expect(unwrapKey(tenantKey, name, wrapped)).toEqual(Buffer.alloc(32, 7));
  });

  it.each([
    ["tenant", { ...name, tenantId: "t2" }],
    ["purpose", { ...name, purpose: "job" }],
    ["id", { ...name, id: "s2" }],
  ])("does not unwrap under another %s", (_, other) => {
    expect(() => unwrapKey(tenantKey, other, wrapped)).toThrow(invalid);
  });

  it("does not unwrap when what is inside is no key", () => {
    const inside = seal(tenantKey, keyAad(name), new Uint8Array(31), counting);
    expect(() => unwrapKey(tenantKey, name, inside)).toThrow(invalid);
  });
});
