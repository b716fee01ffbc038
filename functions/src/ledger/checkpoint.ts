import { AppError } from "../platform/errors.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";
import { emptyRoot, hashBytes } from "./hash.ts";
import { formatNote, type Note, type NoteSigner, parseNote, signNote, verifyNote } from "./note.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** What a log says of itself at one size. */
export type Checkpoint = {
  /** Name of the log: `<host>/<tenant log id>`. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** Root hash, 32 bytes. */
  readonly root: Uint8Array;
  /** Opaque lines after the root; Lethe writes none and keeps others'. */
  readonly extensions: readonly string[];
};

/**
 * Text of a checkpoint: origin, size, root hash in base64, extensions, each on a line.
 *
 * @throws AppError `ledger-malformed` if a line is empty or holds a newline, or size or root cannot be.
 * @see c2sp.org/tlog-checkpoint
 */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  const lines = [origin, String(size), base64Of(root), ...extensions];
  const text = lines.map((line) => `${line}\n`).join("");
  if (parseCheckpoint(text).extensions.length !== extensions.length) throw malformed("a line holds a newline");
  return text;
}

/**
 * Reads the text of a checkpoint, strictly.
 *
 * @throws AppError `ledger-malformed` if a line is missing or empty, the size is not a decimal up to 2^53 - 1 without
 * leading zeros, the root is not 32 bytes in base64, or an empty tree has another root than its own.
 * @see c2sp.org/tlog-checkpoint
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw malformed("it does not end with a newline");
  const [origin = "", size = "", root = "", ...extensions] = text.slice(0, -1).split("\n");
  if (origin === "" || extensions.includes("")) throw malformed("it holds an empty line");
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) throw malformed("its size is no tree size");
  const bytes = bytesOfBase64(root);
  if (bytes === undefined || bytes.length !== hashBytes) throw malformed("its root is not 32 bytes in base64");
  if (size === "0" && Buffer.compare(bytes, emptyRoot()) !== 0)
    throw malformed("its root is not that of an empty tree");
  return { origin, size: Number(size), root: bytes, extensions };
}

/**
 * Signs a checkpoint.
 *
 * @param signer - the log's; its key's name is the origin.
 * @returns the signed note, as it is published.
 * @throws AppError `ledger-malformed` if the key is another log's, or as `signNote` does.
 */
export async function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): Promise<string> {
  assertOrigin(checkpoint, signer.key);
  return formatNote(await signNote(formatCheckpoint(checkpoint), signer));
}

/**
 * Reads a log's signed checkpoint and checks who signed it.
 *
 * @param source - the signed note; cosignatures in it are not looked at.
 * @param logKey - the log's, of type `ed25519`.
 * @throws AppError `ledger-malformed` if note or text are malformed, or the log did not sign them as its own.
 */
export function openCheckpoint(source: string, logKey: VerifierKey): { checkpoint: Checkpoint; note: Note } {
  const note = parseNote(source);
  verifyNote(note, logKey);
  const checkpoint = parseCheckpoint(note.text);
  assertOrigin(checkpoint, logKey);
  return { checkpoint, note };
}

function assertOrigin(checkpoint: Checkpoint, key: VerifierKey): void {
  if (checkpoint.origin !== key.name) throw malformed(`it is of ${checkpoint.origin}, not of ${key.name}`);
}

function malformed(what: string): AppError {
  return new AppError("ledger-malformed", `checkpoint is malformed: ${what}`);
}
