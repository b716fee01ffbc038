import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { isSignedBy, publicKeyOf } from "../../../functions/src/ledger/ed25519.ts";
import { signerFrom } from "../../support/ed25519.ts";
import vectors from "../../vectors/ed25519.json" with { type: "json" };

const bytes = (hex: string) => Buffer.from(hex, "hex");
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** S of a signature as a number, and the signature with another S. */
const scalarOf = (signature: Buffer) => BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
const withScalar = (signature: Buffer, scalar: bigint) =>
  Buffer.concat([signature.subarray(0, 32), bytes(scalar.toString(16).padStart(64, "0")).reverse()]);

describe.each(vectors.signatures)("the signature of RFC 8032 $name", ({ seed, publicKey, message, signature }) => {
  const [key, text, good] = [bytes(publicKey), bytes(message), bytes(signature)];

  it("is made and verified", async () => {
    const signer = signerFrom("test", "ed25519", bytes(seed));
    expect(Buffer.from(signer.key.publicKey).toString("hex")).toBe(publicKey);
    expect(Buffer.from(await signer.sign(text)).toString("hex")).toBe(signature);
    expect(isSignedBy(key, text, good)).toBe(true);
  });

  it("does not verify with any bit flipped", () => {
    for (let bit = 0; bit < good.length * 8; bit++) {
      const flipped = Buffer.from(good);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isSignedBy(key, text, flipped)).toBe(false);
    }
  });

  it("does not verify in the other form that S plus the group's order would be", () => {
    expect(isSignedBy(key, text, withScalar(good, scalarOf(good)))).toBe(true);
    expect(isSignedBy(key, text, withScalar(good, scalarOf(good) + order))).toBe(false);
  });

  it.each<[string, (signature: Buffer) => Uint8Array]>([
    ["nothing", () => Buffer.alloc(0)],
    ["R alone", (value) => value.subarray(0, 32)],
    ["one byte less", (value) => value.subarray(0, 63)],
    ["one byte more", (value) => Buffer.concat([value, Buffer.alloc(1)])],
    ["a byte in front", (value) => Buffer.concat([Buffer.alloc(1), value])],
    ["zeros", () => Buffer.alloc(64)],
    ["ones", () => Buffer.alloc(64, 255)],
    ["R and S the other way round", (value) => Buffer.concat([value.subarray(32), value.subarray(0, 32)])],
    ["S of zero", (value) => withScalar(value, 0n)],
    ["S of the group's order", (value) => withScalar(value, order)],
    ["hex text", (value) => Buffer.from(value.toString("hex"))],
  ])("does not verify as %s", (_, spoil) => {
    expect(isSignedBy(key, text, spoil(good))).toBe(false);
  });

  it("does not verify for another message or key", () => {
    expect(isSignedBy(key, Buffer.concat([text, Buffer.alloc(1)]), good)).toBe(false);
    for (const other of vectors.signatures.filter((vector) => vector.publicKey !== publicKey)) {
      expect(isSignedBy(bytes(other.publicKey), text, good)).toBe(false);
    }
  });
});

describe("public keys from Cloud KMS", () => {
  it("are refused unless they are Ed25519", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const malformed = expect.objectContaining({ code: "ledger-malformed" });
    expect(() => publicKeyOf(publicKey.export({ type: "spki", format: "pem" }).toString())).toThrow(malformed);
    expect(() => publicKeyOf("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n")).toThrow(malformed);
  });
});
