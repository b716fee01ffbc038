import { CRC32C } from "@google-cloud/storage";

/** The checksum that Google APIs put beside bytes, as Google's own client computes it: the product's is held to it. */
export function crc32c(bytes: Uint8Array): number {
  const checksum = new CRC32C();
  checksum.update(Buffer.from(bytes));
  return checksum.valueOf() >>> 0;
}
