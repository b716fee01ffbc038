import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { publicKeyOf } from "../../functions/src/ledger/ed25519.ts";
import type { NoteSigner } from "../../functions/src/ledger/note.ts";
import { type SignatureType, verifierKey } from "../../functions/src/ledger/verifier-key.ts";

/** A signer with a fixed key, as Cloud KMS would be. @param seed - 32 bytes, RFC 8032 §5.1.5. */
export function signerFrom(name: string, type: SignatureType, seed: Uint8Array): NoteSigner {
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), // PKCS #8, RFC 8410 §7
    format: "der",
    type: "pkcs8",
  });
  const pem = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  return {
    key: verifierKey(name, type, publicKeyOf(pem)),
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}
