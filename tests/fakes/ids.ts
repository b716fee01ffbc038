import { createHash } from "node:crypto";
import type { Ids } from "../../functions/src/ports/ids.ts";

/** Bytes that only depend on `seed` and on how many were taken before. */
function byteStream(seed: string): (length: number) => Uint8Array {
  let block = 0;
  let rest = Buffer.alloc(0);
  return (length) => {
    while (rest.length < length) {
      block += 1;
      rest = Buffer.concat([rest, createHash("sha256").update(`${seed}/${block}`).digest()]);
    }
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return Uint8Array.from(taken);
  };
}

/** Ids `id-1`, `id-2`...; bytes that repeat from run to run. */
export function countingIds(): Ids {
  let count = 0;
  return {
    next() {
      count += 1;
      return `id-${count}`;
    },
    bytes: byteStream("counting"),
  };
}

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Ids of the real shape, 20 characters of a-z and 0-9, that repeat from run to run for equal seeds. */
export function seededIds(seed: string): Ids {
  const bytes = byteStream(seed);
  return {
    next: () => Array.from(bytes(20), (byte) => alphabet.charAt(byte % 36)).join(""),
    bytes,
  };
}
