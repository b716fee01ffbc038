import { randomBytes } from "node:crypto";

/** Where randomness comes from. Tests pass one that counts. */
export interface Ids {
  /** A fresh record id: 20 characters of a-z and 0-9, 103 bits. */
  next(): string;
  /** Fresh random bytes, for keys, nonces and openings. */
  bytes(length: number): Uint8Array;
}

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `length` characters of a-z and 0-9, without modulo bias: bytes of 252 and more are thrown away. */
function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 252 && text.length < length) text += alphabet.charAt(byte % 36);
    }
  }
  return text;
}

/** The operating system's random source. */
export const randomIds: Ids = {
  next: () => randomText(20),
  bytes: (length) => randomBytes(length),
};
