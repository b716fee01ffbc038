import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { AppError } from "../platform/errors.ts";

/** Signatures that a business may vouch with: public-key ones only, each with one key type. @see RFC 7518, RFC 8037 */
export type IdentityAlgorithm = "EdDSA" | "ES256" | "RS256";

/** A public key of a business in one spelling, whatever it was sent as. */
export interface PublicKey {
  algorithm: IdentityAlgorithm;
  /** The public members alone. @see RFC 7517 */
  jwk: Readonly<Record<string, string>>;
  /** The JWK's own `kid`, where it was sent as one with such a name. */
  kid?: string;
  /** RFC 7638 thumbprint: base64url of SHA-256. */
  thumbprint: string;
}

/** Members of a JWK that only somebody who can sign has. */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const leastRsaBits = 2048;
const mostRsaBits = 4096;

function refused(why: string): AppError {
  return new AppError("input-invalid", why);
}

function assertPublicJwk(jwk: Record<string, unknown>): void {
  if (jwk.kty === "oct" || "k" in jwk) throw refused("a shared secret is not taken: register a public key");
  if (privateMembers.some((member) => member in jwk)) {
    throw refused(
      "this is a private key, and it was sent: replace the pair and register the public key of the new one",
    );
  }
}

function jwkFrom(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refused("the key is neither a PEM public key nor a JWK");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw refused("the key is not a JWK");
  if ("keys" in parsed) throw refused("this is a set of keys: register one key at a time");
  return parsed as Record<string, unknown>;
}

function keyFrom(text: string): { key: KeyObject; kid?: string } {
  try {
    if (!text.startsWith("{")) {
      if (/PRIVATE KEY-----/.test(text)) assertPublicJwk({ d: "" });
      if (!/^-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----$/.test(text)) {
        throw refused("expected one PEM block that begins with BEGIN PUBLIC KEY, or a JWK");
      }
      return { key: createPublicKey(text) };
    }
    const jwk = jwkFrom(text);
    assertPublicJwk(jwk);
    const key = createPublicKey({ key: jwk, format: "jwk" });
    return typeof jwk.kid === "string" ? { key, kid: jwk.kid } : { key };
  } catch (error) {
    // The library's own message may quote the key.
    throw error instanceof AppError ? error : refused("the key cannot be read");
  }
}

function algorithmOf(key: KeyObject): IdentityAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ed25519") return "EdDSA";
  if (type === "ec" && details?.namedCurve === "prime256v1") return "ES256";
  if (type !== "rsa") throw refused("keys are Ed25519 (EdDSA), P-256 (ES256) or RSA (RS256)");
  const bits = details?.modulusLength ?? 0;
  if (bits < leastRsaBits || bits > mostRsaBits) {
    throw refused(`an RSA key has ${leastRsaBits} to ${mostRsaBits} bits, not ${bits}`);
  }
  const exponent = details?.publicExponent ?? 0n;
  if (exponent < 65_537n || exponent % 2n === 0n) throw refused("an RSA key has a public exponent of at least 65537");
  return "RS256";
}

/**
 * Reads a public key that a business registers.
 *
 * @param text - one SPKI PEM block, or a JWK as JSON.
 * @throws AppError `input-invalid` saying why: a private key or a shared secret, another algorithm, an RSA key that is
 * too short, or no key at all.
 * @see RFC 7517, RFC 7638
 */
export function readPublicKey(text: string): PublicKey {
  const { key, kid } = keyFrom(text.trim());
  const algorithm = algorithmOf(key);
  const members = Object.entries(key.export({ format: "jwk" })).map(([name, value]) => [name, String(value)] as const);
  const jwk = Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
  // An exported public key has exactly the required members, here in the order that RFC 7638 asks for.
  const thumbprint = createHash("sha256").update(JSON.stringify(jwk)).digest("base64url");
  return { algorithm, jwk, thumbprint, ...(kid === undefined ? {} : { kid }) };
}
