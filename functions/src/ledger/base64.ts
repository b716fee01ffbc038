/** Standard base64 with padding, as every C2SP format has it. @see RFC 4648 §4 */
export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/**
 * Reads standard base64.
 *
 * @returns undefined unless the text is exactly what `base64Of` writes: other alphabets, spaces, missing padding and
 * stray last bits would give one signature many spellings.
 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
