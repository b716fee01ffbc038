import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { AppError } from "../platform/errors.ts";
import type { Ids } from "../ports/ids.ts";
import { type KeyName, keyAad } from "./aad.ts";
import { pad, unpad } from "./padding.ts";

/** The byte that says under which kind of key an envelope is sealed. */
export const keyKinds = { dek: 1, evidence: 2, job: 3, tenant: 4, platform: 5 } as const;

export type KeyKind = keyof typeof keyKinds;

/** An unwrapped AES-256 key: 32 bytes, and what they may seal. */
export type SealingKey = { readonly kind: KeyKind; readonly bytes: Uint8Array };

/** Source of nonces. */
export type Randomness = Pick<Ids, "bytes">;

const algorithm = "aes-256-gcm";
const version = 0x01;
const keyBytes = 32;
const headerBytes = 2;
const nonceBytes = 12;
const tagBytes = 16;
const overheadBytes = headerBytes + nonceBytes + tagBytes;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Seals bytes: version, key kind, random nonce, ciphertext, tag. README.md has the bytes.
 * A key may seal 2^32 times; a person's DEK stays far below.
 *
 * @param aad - from `fieldAad` or `keyAad`; the same bytes open the envelope again.
 * @returns `plaintext.length + 30` bytes.
 * @see NIST SP 800-38D §8.2.2 (random nonces), §8.3 (how often)
 */
export function seal(key: SealingKey, aad: Uint8Array, plaintext: Uint8Array, ids: Randomness): Uint8Array {
  const nonce = ids.bytes(nonceBytes);
  const header = headerFor(key.kind);
  const cipher = createCipheriv(algorithm, keyOf(key), nonce, { authTagLength: tagBytes });
  cipher.setAAD(header).setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()], plaintext.length + overheadBytes);
}

/**
 * Opens what `seal` made with the same key and additional data.
 *
 * @throws AppError `ciphertext-invalid` if the bytes are no envelope of this version and key kind, or not sealed
 * under this key at this place, or changed since.
 */
export function open(key: SealingKey, aad: Uint8Array, envelope: Uint8Array): Uint8Array {
  if (envelope.length < overheadBytes) throw invalid(`envelope has ${envelope.length} bytes, fewer than 30`);
  if (envelope[0] !== version) throw invalid(`envelope has version ${envelope[0]}, not 1`);
  if (envelope[1] !== keyKinds[key.kind]) throw invalid(`envelope is of key kind ${envelope[1]}, not ${key.kind}`);
  const nonce = envelope.subarray(headerBytes, headerBytes + nonceBytes);
  const decipher = createDecipheriv(algorithm, keyOf(key), nonce, { authTagLength: tagBytes });
  decipher.setAAD(envelope.subarray(0, headerBytes)).setAAD(aad);
  decipher.setAuthTag(envelope.subarray(envelope.length - tagBytes));
  const plaintext = decipher.update(envelope.subarray(headerBytes + nonceBytes, envelope.length - tagBytes));
  try {
    decipher.final();
  } catch (error) {
    throw invalid("envelope does not open with this key at this place", error);
  }
  return plaintext;
}

/**
 * Seals text as padded UTF-8. A lone surrogate, which UTF-8 cannot hold, is sealed as U+FFFD.
 *
 * @returns the envelope; its size tells the text's only to the next 256 bytes.
 */
export function sealText(key: SealingKey, aad: Uint8Array, text: string, ids: Randomness): Uint8Array {
  return seal(key, aad, pad(Buffer.from(text)), ids);
}

/**
 * Opens what `sealText` made.
 *
 * @throws AppError `ciphertext-invalid` as `open` does, or if padding or UTF-8 is wrong.
 */
export function openText(key: SealingKey, aad: Uint8Array, envelope: Uint8Array): string {
  const bytes = unpad(open(key, aad, envelope));
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw invalid("sealed text is not UTF-8", error);
  }
}

/**
 * Wraps a key under its tenant's key. Not padded: every key has 32 bytes.
 *
 * @param tenantKey - of kind `tenant`.
 * @returns 62 bytes.
 */
export function wrapKey(tenantKey: SealingKey, name: KeyName, key: Uint8Array, ids: Randomness): Uint8Array {
  if (key.length !== keyBytes) throw new RangeError(`key to wrap has ${key.length} bytes, not 32`);
  return seal(tenantKey, keyAad(name), key, ids);
}

/**
 * Unwraps what `wrapKey` made for this name.
 *
 * @returns 32 bytes, for the memory only.
 * @throws AppError `ciphertext-invalid` as `open` does, or if what is inside is no key.
 */
export function unwrapKey(tenantKey: SealingKey, name: KeyName, wrapped: Uint8Array): Uint8Array {
  const key = open(tenantKey, keyAad(name), wrapped);
  if (key.length !== keyBytes) throw invalid(`wrapped key has ${key.length} bytes, not 32`);
  return key;
}

function headerFor(kind: KeyKind): Uint8Array {
  return Uint8Array.of(version, keyKinds[kind]);
}

/** Keys as OpenSSL holds them, each for as long as its bytes are held: to make one takes longer than to open a field. */
const keyObjects = new WeakMap<SealingKey, KeyObject>();

function keyOf(key: SealingKey): KeyObject {
  const known = keyObjects.get(key);
  if (known !== undefined) return known;
  if (key.bytes.length !== keyBytes) throw new RangeError(`key has ${key.bytes.length} bytes, not 32`);
  const made = createSecretKey(key.bytes);
  keyObjects.set(key, made);
  return made;
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError("ciphertext-invalid", message, cause === undefined ? {} : { cause });
}
