import { hash } from "node:crypto";
import { AppError } from "../platform/errors.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";
import { publicKeyBytes } from "./ed25519.ts";

/** Signature types that Lethe's logs use: a log's own signature, and a witness's timestamped cosignature. */
export const signatureTypes = { ed25519: 0x01, cosignature: 0x04 } as const;

export type SignatureType = keyof typeof signatureTypes;

/** A key that notes are verified with. Name and id together say which key it is. */
export type VerifierKey = {
  /** A URL without scheme; for a log its origin. */
  readonly name: string;
  /** 8 lower-case hex characters. */
  readonly id: string;
  readonly type: SignatureType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
};

/**
 * Makes a verifier key; its id is the start of SHA-256(name || "\n" || type || public key).
 *
 * @throws AppError `ledger-malformed` if the name or the length of the public key cannot be.
 * @see c2sp.org/signed-note
 */
export function verifierKey(name: string, type: SignatureType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw malformed("its name is empty or holds a space, a plus sign or a control character");
  if (publicKey.length !== publicKeyBytes) throw malformed(`its public key has ${publicKey.length} bytes, not 32`);
  const input = Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(signatureTypes[type]), publicKey]);
  return { name, id: hash("sha256", input, "hex").slice(0, 8), type, publicKey };
}

/** Text of a verifier key: `<name>+<id>+<base64 of type and public key>`. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${id}+${base64Of(Buffer.concat([Uint8Array.of(signatureTypes[type]), publicKey]))}`;
}

/**
 * Reads a verifier key.
 *
 * @throws AppError `ledger-malformed` unless it is exactly what `formatVerifierKey` writes: id and key must agree.
 */
export function parseVerifierKey(text: string): VerifierKey {
  const parts = /^([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (parts === null) throw malformed("it is not a name, an id and a key between plus signs");
  const [, name = "", encoded = ""] = parts;
  const bytes = bytesOfBase64(encoded);
  const type = typeOf(bytes?.[0]);
  if (bytes === undefined || type === undefined) throw malformed("its key is not base64 of a known signature type");
  const key = verifierKey(name, type, bytes.subarray(1));
  if (formatVerifierKey(key) !== text) throw malformed(`its id is not ${key.id}, that of its name and key`);
  return key;
}

/** Whether signature lines can name this key. */
export function isKeyName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note holds none
  return name !== "" && name.isWellFormed() && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);
}

function typeOf(byte: number | undefined): SignatureType | undefined {
  if (byte === signatureTypes.ed25519) return "ed25519";
  return byte === signatureTypes.cosignature ? "cosignature" : undefined;
}

function malformed(what: string): AppError {
  return new AppError("ledger-malformed", `verifier key is malformed: ${what}`);
}
