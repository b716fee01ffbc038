import { createHmac } from "node:crypto";
import { AppError } from "../platform/errors.ts";

/** Length of an opening. */
export const openingBytes = 32;

const domain = "lethe/commitment/v1\n";

/**
 * Commits to a value: the commitment can stand in the log for ever, says nothing without its opening, and fits no
 * other value. Destroying the opening makes it unreadable; proofs over it stay valid.
 *
 * @param value - an id, or the digest of a value.
 * @param opening - 32 fresh random bytes, never used for another commitment; kept sealed.
 * @returns HMAC-SHA-256(opening, "lethe/commitment/v1\n" || UTF-8 of value) in base64url, 43 characters.
 * @throws AppError `ledger-malformed` if the opening has another length, or the value holds a lone surrogate.
 * @see RFC 2104
 */
export function commit(value: string, opening: Uint8Array): string {
  // HMAC pads short keys with zeros and hashes long ones: only a fixed length makes the opening unambiguous.
  if (opening.length !== openingBytes) {
    throw new AppError("ledger-malformed", `opening has ${opening.length} bytes, not ${openingBytes}`);
  }
  if (!value.isWellFormed()) throw new AppError("ledger-malformed", "value to commit to holds a lone surrogate");
  return createHmac("sha256", opening).update(domain).update(value, "utf8").digest("base64url");
}

/**
 * Checks that an opening opens a commitment to a value.
 *
 * @throws AppError `ledger-malformed` if it does not.
 */
export function verifyCommitment(commitment: string, value: string, opening: Uint8Array): void {
  if (commit(value, opening) !== commitment) {
    throw new AppError("ledger-malformed", "commitment does not open to this value");
  }
}
