import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";

/** A business's own software that vouches for its visitors. */
export interface Voucher {
  publicKey: KeyObject;
  privateKey: KeyObject;
  algorithm: "EdDSA" | "ES256" | "RS256";
  kid: string;
  /** PEM of the public key, as it is registered. */
  pem: string;
}

/** Makes a key pair for an algorithm. */
export function newVoucher(algorithm: Voucher["algorithm"] = "EdDSA", kid = `key-${algorithm}`): Voucher {
  const pair =
    algorithm === "EdDSA"
      ? generateKeyPairSync("ed25519")
      : algorithm === "ES256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...pair, algorithm, kid, pem: pair.publicKey.export({ format: "pem", type: "spki" }).toString() };
}

let made = 0;

/** What a business says of a visitor at a time: valid for five minutes, each with a number of its own. */
export function claimsFor(channelKey: string, sub: string, at: Date, more: JWTPayload = {}): JWTPayload {
  made += 1;
  const iat = Math.floor(at.getTime() / 1000);
  return { aud: channelKey, sub, iat, exp: iat + 300, jti: `token-${made}`, ...more };
}

/** Signs claims; the header may lie. */
export function vouch(voucher: Voucher, claims: JWTPayload, header: Record<string, string> = {}): Promise<string> {
  const { algorithm, kid, privateKey } = voucher;
  return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, ...header }).sign(privateKey);
}
