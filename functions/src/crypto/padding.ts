import { AppError } from "../platform/errors.ts";

/** Sealed text grows in these steps, so that its length says little. */
export const paddingStepBytes = 256;

const marker = 0x80;

/**
 * Pads bytes to the next multiple of 256: 0x80, then zeros; at least one byte is added.
 *
 * @see ISO/IEC 7816-4
 */
export function pad(bytes: Uint8Array): Uint8Array {
  const padded = Buffer.alloc(paddedSizeBytes(bytes.length));
  padded.set(bytes);
  padded[bytes.length] = marker;
  return padded;
}

/**
 * Removes the padding. Reads authenticated bytes only, so its time says nothing to an attacker.
 *
 * @returns a view on `padded`, without its padding.
 * @throws AppError `ciphertext-invalid` if the length is no multiple of 256, or the last step is not 0x80 and zeros.
 */
export function unpad(padded: Uint8Array): Uint8Array {
  if (padded.length % paddingStepBytes !== 0) {
    throw new AppError("ciphertext-invalid", `padded text has ${padded.length} bytes, no multiple of 256`);
  }
  const lastStep = padded.length - paddingStepBytes;
  let end = padded.length - 1;
  while (end > lastStep && padded[end] === 0) end--;
  if (padded[end] !== marker) throw new AppError("ciphertext-invalid", "padding is not 0x80 and zeros");
  return padded.subarray(0, end);
}

/** Size of `sizeBytes` bytes after padding. */
function paddedSizeBytes(sizeBytes: number): number {
  return (Math.floor(sizeBytes / paddingStepBytes) + 1) * paddingStepBytes;
}
