// Signed notes, checkpoints, cosignatures and proofs, as C2SP writes them.
import { createPublicKey, verify } from "node:crypto";
import { base64, readCanonicalObject, refuse, utf8 } from "./text.mjs";
import { isIncluded, leafHash, sha256 } from "./tree.mjs";

/**
 * @typedef {{ name: string, id: string, type: number, key: import("node:crypto").KeyObject, spkiHash: string }} VerifierKey
 * @typedef {{ keys: VerifierKey[], witnesses: VerifierKey[], quorum: number, origin: string | undefined }} Trust
 * @typedef {{ file: string, origin: string, size: number, root: Buffer, witnessed: number }} Head - of `file`'s tree
 * @typedef {{ name: string, id: string, bytes: Buffer }} Signature
 */

const noteLimit = 1_000_000;
/** The types of signed-note that are read here: a log's Ed25519 key, and a witness's. */
export const keyTypes = { log: 1, witness: 4 };

/** Reads `<name>+<key id>+<base64 of type and key>`. @type {(text: string) => VerifierKey} @see c2sp.org/signed-note */
export function readVerifierKey(text) {
  const where = `key ${text}`;
  const [, name = "", id = "", material = ""] = /^([^\s\u0085+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  if (name === "") refuse(where, "is no verifier key (<name>+<8 hex digits>+<base64>)");
  const bytes = base64(material, where, 33);
  const realId = sha256(Buffer.concat([Buffer.from(`${name}\n`), bytes])).toString("hex", 0, 4);
  if (realId !== id) refuse(where, `has the key id ${realId}, not ${id}`);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes.subarray(1)]);
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  return { name, id, type: bytes[0] ?? 0, key, spkiHash: sha256(spki).toString("hex") };
}

/**
 * Opens a checkpoint: a given key must have signed it, under the origin expected of that key, and enough witnesses too.
 * @type {(bytes: Uint8Array, where: string, file: string, trust: Trust) => Head}
 * @see c2sp.org/tlog-checkpoint
 */
export function openCheckpoint(bytes, where, file, trust) {
  const { text, signatures } = splitNote(bytes, where);
  /** @type {(key: VerifierKey) => boolean} */
  const hasSigned = (key) => isSignedBy(key, text, signatures, where);
  const signers = trust.keys.filter(hasSigned).map((key) => key.name);
  if (signers.length === 0) {
    const [wanted, is] = [trust.keys, signatures].map((list) => list.map(({ name, id }) => `${name}+${id}`).join(", "));
    refuse(where, `is not signed by the key ${wanted}, only by ${is}`);
  }
  const [origin = "", size = "", root = "", ...extensions] = text.slice(0, -1).split("\n");
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    refuse(where, "is no checkpoint: its lines are not origin, tree size and root hash");
  if (extensions.includes("")) refuse(where, "has an empty extension line");
  const origins = trust.origin === undefined ? signers : [trust.origin];
  if (!origins.includes(origin)) refuse(where, `is of the log ${origin}, not of ${origins.join(" or ")}`);
  const witnessed = trust.witnesses.filter(hasSigned).length;
  if (witnessed < trust.quorum)
    refuse(where, `is cosigned by ${witnessed} of ${trust.witnesses.length} witnesses, fewer than ${trust.quorum}`);
  return { file, origin, size: Number(size), root: base64(root, `${where}: its root hash`, 32), witnessed };
}

/** @type {(bytes: Uint8Array, where: string) => { text: string, signatures: Signature[] }} @see c2sp.org/signed-note */
function splitNote(bytes, where) {
  if (bytes.length > noteLimit) refuse(where, `is larger than ${noteLimit} bytes, which no note is`);
  const note = utf8(bytes, where);
  if (bytes.some((byte) => byte < 32 && byte !== 10)) refuse(where, "holds a control character");
  const end = note.lastIndexOf("\n\n");
  if (end < 0) refuse(where, "is no signed note: it has no empty line before its signatures");
  if (!note.endsWith("\n") || end + 2 === note.length) refuse(where, "does not end in a signature line and a newline");
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > 100) refuse(where, "has more than 100 signatures");
  const signatures = lines.map((line, i) => {
    const [, name = "", signature = ""] = /^— ([^\s\u0085+]+) (\S+)$/u.exec(line) ?? [];
    if (name === "") refuse(where, `signature line ${i + 1} is malformed`);
    const decoded = base64(signature, `${where}: signature line ${i + 1}`);
    if (decoded.length < 5) refuse(where, `signature line ${i + 1} is too short`);
    return { name, id: decoded.toString("hex", 0, 4), bytes: decoded.subarray(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

/**
 * Whether a key signed. Lines of unknown keys are ignored; each line of a known key must hold, and several count once.
 * @type {(key: VerifierKey, text: string, signatures: Signature[], where: string) => boolean}
 * @see c2sp.org/signed-note, c2sp.org/tlog-cosignature
 */
function isSignedBy(key, text, signatures, where) {
  const own = signatures.filter((signature) => signature.name === key.name && signature.id === key.id);
  const isWitness = key.type === keyTypes.witness;
  for (const { bytes } of own) {
    if (bytes.length !== (isWitness ? 72 : 64)) refuse(where, `the signature of ${key.name} has the wrong length`);
    const message = isWitness ? `cosignature/v1\ntime ${bytes.readBigUInt64BE()}\n${text}` : text;
    if (!verify(null, Buffer.from(message), key.key, bytes.subarray(-64)))
      refuse(where, `the signature of ${key.name}+${key.id} does not hold`);
  }
  return own.length > 0;
}

/**
 * Splits a proof: one line, hashes, an empty line, a checkpoint.
 * @type {(bytes: Buffer, where: string, file: string, trust: Trust) => { lines: string[], head: Head }}
 */
export function splitProof(bytes, where, file, trust) {
  const end = bytes.indexOf("\n\n");
  if (end < 0) refuse(where, "has no empty line before its checkpoint");
  const lines = utf8(bytes.subarray(0, end), where).split("\n");
  return { lines, head: openCheckpoint(bytes.subarray(end + 2), `${where}: its checkpoint`, file, trust) };
}

/** @type {(lines: string[], where: string) => Buffer[]} */
export function readHashes(lines, where) {
  if (lines.length > 64) refuse(where, "has more hashes than a tree is high");
  return lines.map((line, i) => base64(line, `${where}: hash ${i + 1}`, 32));
}

/**
 * Checks that an inclusion proof shows a leaf in the log; the leaf may come in its `extra` line.
 * @type {(bytes: Buffer, leaf: Uint8Array | undefined, where: string, file: string, trust: Trust) =>
 *   { index: number, event: import("./text.mjs").JsonObject, head: Head }}
 * @see c2sp.org/tlog-proof
 */
export function openInclusion(bytes, leaf, where, file, trust) {
  const { lines, head } = splitProof(bytes, where, file, trust);
  if (lines.shift() !== "c2sp.org/tlog-proof@v1") refuse(where, "is no c2sp.org/tlog-proof@v1");
  const extra = lines[0]?.startsWith("extra ") ? base64(lines.shift()?.slice(6) ?? "", `${where}: extra`) : undefined;
  const index = Number(
    /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? "")?.[1] ?? refuse(where, "has no index line"),
  );
  const hashes = readHashes(lines, where);
  if (index >= head.size) refuse(where, `is for entry ${index}, but its checkpoint signs ${head.size} entries`);
  const entry = leaf ?? extra ?? refuse(where, "comes without its leaf");
  if (!isIncluded(index, head.size, leafHash(entry), hashes, head.root))
    refuse(where, `the leaf is not entry ${index} of the log that the checkpoint signs`);
  return { index, event: readCanonicalObject(entry, `${where}: the leaf`), head };
}
