import { AppError } from "../platform/errors.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { isSignedBy, signatureBytes } from "./ed25519.ts";
import { type Note, type NoteSignature, type NoteSigner, signaturesOf, signedBy } from "./note.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** A witness's statement that it saw the log grow consistently to a checkpoint. */
export type Cosignature = {
  readonly witness: VerifierKey;
  /** Whole seconds. */
  readonly cosignedAt: Date;
};

const timestampBytes = 8;
/** Later times are no `Date`. */
const latestSeconds = 8_640_000_000_000n;

/**
 * Cosigns a checkpoint.
 *
 * @param text - the checkpoint, without signatures; the caller has checked that the log grew consistently to it.
 * @param witness - its key is of type `cosignature`.
 * @param at - read to the second.
 * @returns a line to add to the checkpoint's note.
 * @throws AppError `ledger-malformed` if the text is no checkpoint, or as `signedBy` does.
 * @see c2sp.org/tlog-cosignature
 */
export async function cosign(text: string, witness: NoteSigner, at: Date): Promise<NoteSignature> {
  assertCosigner(witness.key);
  parseCheckpoint(text);
  const seconds = BigInt(Math.floor(at.getTime() / 1000));
  const signature = await signedBy(witness, message(seconds, text));
  const timestamp = Buffer.alloc(timestampBytes);
  timestamp.writeBigUInt64BE(seconds);
  return { name: witness.key.name, keyId: witness.key.id, signature: Buffer.concat([timestamp, signature]) };
}

/**
 * Checks the cosignatures of a checkpoint by the witnesses that are trusted; others are ignored, as they must be.
 *
 * @param note - its text is a checkpoint.
 * @param witnesses - keys of type `cosignature`.
 * @returns one for each witness that cosigned, its latest; the caller counts whether they suffice.
 * @throws AppError `ledger-malformed` if the text is no checkpoint, or a trusted witness's line does not verify.
 * @see c2sp.org/tlog-cosignature
 */
export function verifyCosignatures(note: Note, witnesses: readonly VerifierKey[]): Cosignature[] {
  parseCheckpoint(note.text);
  return witnesses.flatMap((witness) => {
    assertCosigner(witness);
    const times = signaturesOf(note, witness).map((signature) => timeOf(note.text, signature, witness));
    return times.length === 0 ? [] : [{ witness, cosignedAt: new Date(Math.max(...times)) }];
  });
}

/** Milliseconds since 1970 of a cosignature that verifies. */
function timeOf(text: string, cosignature: Uint8Array, witness: VerifierKey): number {
  if (cosignature.length !== timestampBytes + signatureBytes) {
    throw malformed(witness, `has ${cosignature.length} bytes, not ${timestampBytes + signatureBytes}`);
  }
  const seconds = Buffer.from(cosignature.subarray(0, timestampBytes)).readBigUInt64BE();
  if (seconds > latestSeconds) throw malformed(witness, "has no time");
  if (!isSignedBy(witness.publicKey, message(seconds, text), cosignature.subarray(timestampBytes))) {
    throw malformed(witness, "does not verify");
  }
  return Number(seconds) * 1000;
}

function message(seconds: bigint, text: string): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

function assertCosigner(key: VerifierKey): void {
  if (key.type !== "cosignature") throw malformed(key, "is asked of a key that is not for cosignatures");
}

function malformed(witness: VerifierKey, what: string): AppError {
  return new AppError("ledger-malformed", `the cosignature of ${witness.name}+${witness.id} ${what}`);
}
