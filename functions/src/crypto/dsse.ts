import { createHash, createPublicKey } from "node:crypto";
import type { Kms } from "../ports/kms.ts";
import type { KeyCache } from "./key-cache.ts";

/** A DSSE envelope with one signature. @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md */
export interface DsseEnvelope {
  payloadType: string;
  /** Base64 of the payload's bytes. */
  payload: string;
  signatures: [{ keyid: string; sig: string }];
}

/** Pre-authentication encoding: what is signed. @see DSSE protocol v1.0.2, "PAE" */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** Key id of a public key: SHA-256 of its SPKI in DER, in lower-case hex. */
export function keyIdOf(publicKeyPem: string): string {
  const spki = createPublicKey(publicKeyPem).export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex");
}

/**
 * Signs a payload with Ed25519 through Cloud KMS.
 *
 * @param payload - canonical JSON (RFC 8785) bytes.
 * @throws AppError `key-unavailable` when Cloud KMS cannot be used.
 */
export async function signEnvelope(
  deps: { kms: Kms; signingKeyName: string; keyCache: KeyCache },
  payloadType: string,
  payload: Uint8Array,
): Promise<DsseEnvelope> {
  const keyName = deps.signingKeyName;
  const keyid = await deps.keyCache.remember(`keyid/${keyName}`, async () =>
    keyIdOf(await deps.kms.publicKey(keyName)),
  );
  const signature = await deps.kms.sign(keyName, preAuthEncoding(payloadType, payload));
  return {
    payloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid, sig: Buffer.from(signature).toString("base64") }],
  };
}
