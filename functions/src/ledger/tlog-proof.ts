import { AppError } from "../platform/errors.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { hashBytes } from "./hash.ts";
import { verifyInclusion } from "./proof.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** A proof, verifiable offline, that a log holds a leaf. */
export type TlogProof = {
  /** Of the leaf, from 0. */
  readonly index: number;
  /** Opaque and authenticated by nothing. */
  readonly extra?: Uint8Array;
  /** Inclusion proof, the leaf's sibling first. */
  readonly hashes: readonly Uint8Array[];
  /** The log's signed checkpoint, with cosignatures if there are any. */
  readonly checkpoint: string;
};

const header = "c2sp.org/tlog-proof@v1";
const extraMark = "extra ";
const hashLimit = 63;
const sizeLimitCharacters = 1_000_000;

/**
 * Text of a proof, file extension `.tlog-proof`.
 *
 * @see c2sp.org/tlog-proof
 */
export function formatTlogProof({ index, extra, hashes, checkpoint }: TlogProof): string {
  const lines = [
    header,
    ...(extra === undefined ? [] : [`${extraMark}${base64Of(extra)}`]),
    `index ${index}`,
    ...hashes.map(base64Of),
  ];
  return `${lines.join("\n")}\n\n${checkpoint}`;
}

/**
 * Reads a proof, strictly; verifies nothing, and leaves the checkpoint as text.
 *
 * @throws AppError `ledger-malformed` if header, index, a hash or the empty line is missing or not as it must be,
 * there are more than 63 hashes, or more than 1,000,000 characters before the checkpoint.
 * @see c2sp.org/tlog-proof
 */
export function parseTlogProof(source: string): TlogProof {
  const end = source.indexOf("\n\n");
  if (end < 0) throw malformed("no empty line parts the proof from the checkpoint");
  if (end > sizeLimitCharacters)
    throw malformed(`it has more than ${sizeLimitCharacters} characters before the checkpoint`);
  const [first, ...lines] = source.slice(0, end).split("\n");
  if (first !== header) throw malformed(`its first line is not ${header}`);
  const extra = lines[0]?.startsWith(extraMark) ? parseExtra(lines.shift() ?? "") : undefined;
  const [, index] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? "") ?? [];
  if (index === undefined || !Number.isSafeInteger(Number(index))) throw malformed("it has no index of a leaf");
  if (lines.length > hashLimit) throw malformed(`it has more than ${hashLimit} hashes`);
  return {
    index: Number(index),
    ...(extra !== undefined && { extra }),
    hashes: lines.map(parseHash),
    checkpoint: source.slice(end + 2),
  };
}

/**
 * Checks that a log holds a leaf, as far as the log's own signature reaches; witnesses are `verifyCosignatures`'s.
 *
 * @param leafHash - from `hashLeaf`, of the leaf's own bytes.
 * @returns the checkpoint that holds it.
 * @throws AppError `ledger-malformed` if the log did not sign the checkpoint, or the hashes do not lead to its root.
 */
export function verifyTlogProof(proof: TlogProof, leafHash: Uint8Array, logKey: VerifierKey): Checkpoint {
  const { checkpoint } = openCheckpoint(proof.checkpoint, logKey);
  verifyInclusion({ leafHash, index: proof.index, size: checkpoint.size, root: checkpoint.root }, proof.hashes);
  return checkpoint;
}

function parseExtra(line: string): Uint8Array {
  const extra = bytesOfBase64(line.slice(extraMark.length));
  if (extra === undefined) throw malformed("its extra data is not base64");
  return extra;
}

function parseHash(line: string): Uint8Array {
  const hash = bytesOfBase64(line);
  if (hash === undefined || hash.length !== hashBytes) throw malformed("a hash is not 32 bytes in base64");
  return hash;
}

function malformed(what: string): AppError {
  return new AppError("ledger-malformed", `proof is malformed: ${what}`);
}
