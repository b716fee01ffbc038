import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { readPublicKey } from "../../../functions/src/visitors/public-key.ts";

const pairs = {
  EdDSA: generateKeyPairSync("ed25519"),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
const pem = (key: import("node:crypto").KeyObject, type: "spki" | "pkcs8") =>
  key.export({ format: "pem", type }).toString();

describe("a public key of a business", () => {
  it.each(["EdDSA", "ES256", "RS256"] as const)("is read the same from PEM and from a JWK: %s", (algorithm) => {
    const { publicKey } = pairs[algorithm];
    const fromPem = readPublicKey(`\n${pem(publicKey, "spki")}\n`);
    const fromJwk = readPublicKey(JSON.stringify({ ...publicKey.export({ format: "jwk" }), use: "sig", kid: "k1" }));
    expect(fromPem.algorithm).toBe(algorithm);
    expect(fromJwk).toEqual({ ...fromPem, kid: "k1" });
  });

  it("has the thumbprint of RFC 7638 section 3.1", () => {
    const jwk = {
      kty: "RSA",
      n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
      e: "AQAB",
    };
    expect(readPublicKey(JSON.stringify(jwk)).thumbprint).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  it.each([
    ["a private PEM", pem(pairs.EdDSA.privateKey, "pkcs8"), /private key/],
    ["a private RSA PEM", pairs.RS256.privateKey.export({ format: "pem", type: "pkcs1" }).toString(), /private key/],
    ["a private JWK", JSON.stringify(pairs.ES256.privateKey.export({ format: "jwk" })), /private key/],
    ["a shared secret", JSON.stringify({ kty: "oct", k: "c2VjcmV0" }), /shared secret/],
    [
      "a public and a private PEM",
      pem(pairs.ES256.publicKey, "spki") + pem(pairs.ES256.privateKey, "pkcs8"),
      /private/,
    ],
    ["two public keys", pem(pairs.ES256.publicKey, "spki") + pem(pairs.EdDSA.publicKey, "spki"), /one PEM block/],
    ["RSA of 1024 bits", pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey, "spki"), /2048/],
    [
      "RSA with exponent 3",
      pem(generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey, "spki"),
      /65537/,
    ],
    ["P-384", pem(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey, "spki"), /P-256/],
    ["secp256k1", pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey, "spki"), /P-256/],
    ["X25519", pem(generateKeyPairSync("x25519").publicKey, "spki"), /Ed25519/],
    ["a set of keys", JSON.stringify({ keys: [] }), /one key at a time/],
    ["a point off the curve", JSON.stringify({ kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA" }), /cannot be read/],
    ["an address", "https://shop.example/jwks.json", /PEM/],
    ["broken JSON", "{", /JWK/],
    ["broken PEM", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", /cannot be read/],
  ])("refuses %s and says why", (_, text, why) => {
    expect(() => readPublicKey(text)).toThrow(
      expect.objectContaining({ code: "input-invalid", message: expect.stringMatching(why) }),
    );
  });
});
