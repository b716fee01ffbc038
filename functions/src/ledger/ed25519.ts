import { createPublicKey, verify } from "node:crypto";
import { AppError } from "../platform/errors.ts";

export const publicKeyBytes = 32;
export const signatureBytes = 64;

/**
 * The 32 bytes of an Ed25519 public key, as verifier keys hold them.
 *
 * @param pem - SPKI, as Cloud KMS gives it.
 * @throws AppError `ledger-malformed` if it is no Ed25519 public key.
 * @see RFC 8410 §4
 */
export function publicKeyOf(pem: string): Uint8Array {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== "ed25519") throw new TypeError(`key is ${key.asymmetricKeyType}`);
    return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
  } catch (error) {
    throw new AppError("ledger-malformed", "public key is not Ed25519 in PEM", { cause: error });
  }
}

/**
 * Says whether a signature of a message is by the key.
 *
 * @param publicKey - 32 bytes.
 * @returns false too for a signature of another length than 64 bytes.
 * @see RFC 8032 §5.1.7
 */
export function isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(publicKey).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return signature.length === signatureBytes && verify(null, message, key, signature);
}
