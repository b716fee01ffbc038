/**
 * Small logs, receipts and exports as an auditor gets them, made from the specifications with node:crypto alone. This shares
 * no code with functions/ or verify/.
 *
 * @see c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof; RFC 6962 §2.1; DSSE v1; RFC 8493
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export type FileMap = Map<string, Buffer>;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** SHA-256 of several byte strings, one after the other. */
export function sha256(...parts: (Uint8Array | string)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** JSON with sorted keys and no spaces; equal to RFC 8785 for the ASCII keys and plain numbers of these fixtures. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}

export interface Signer {
  name: string;
  /** The verifier key of a log (type 1). */
  logKey: string;
  /** The verifier key of a witness (type 4). */
  witnessKey: string;
  spkiHash: string;
  privateKey: KeyObject;
}

/** Makes an Ed25519 key from a seed. */
export function makeSigner(name: string, seed: string): Signer {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), sha256(seed)]);
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const verifierKey = (type: number): string => {
    const material = Buffer.concat([Buffer.of(type), spki.subarray(-32)]);
    return `${name}+${keyId(name, type, spki.subarray(-32)).toString("hex")}+${material.toString("base64")}`;
  };
  const spkiHash = sha256(spki).toString("hex");
  return { name, logKey: verifierKey(1), witnessKey: verifierKey(4), spkiHash, privateKey };
}

function keyId(name: string, type: number, publicKey: Uint8Array): Buffer {
  return sha256(name, "\n", Buffer.of(type), publicKey).subarray(0, 4);
}

function signatureLine(signer: Signer, type: number, signature: Uint8Array): string {
  const publicKey = createPublicKey(signer.privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const bytes = Buffer.concat([keyId(signer.name, type, publicKey), signature]);
  return `\u2014 ${signer.name} ${bytes.toString("base64")}\n`;
}

/** Signs any text as a note. */
export function signNote(text: string, signer: Signer, witnesses: Signer[] = []): string {
  const cosign = (witness: Signer, i: number): string => {
    const timestamp = Buffer.alloc(8);
    timestamp.writeBigUInt64BE(1736942400n + BigInt(i));
    const message = `cosignature/v1\ntime ${timestamp.readBigUInt64BE()}\n${text}`;
    return signatureLine(witness, 4, Buffer.concat([timestamp, sign(null, Buffer.from(message), witness.privateKey)]));
  };
  return `${text}\n${signatureLine(signer, 1, sign(null, Buffer.from(text), signer.privateKey))}${witnesses.map(cosign).join("")}`;
}

export const leafHash = (leaf: Uint8Array): Buffer => sha256(Buffer.of(0), leaf);
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);
const split = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

/** MTH of RFC 6962 §2.1, over leaf hashes. */
export function treeHash(hashes: Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return sha256();
  if (hashes.length === 1) return only;
  const k = split(hashes.length);
  return nodeHash(treeHash(hashes.slice(0, k)), treeHash(hashes.slice(k)));
}

/** PATH of RFC 6962 §2.1.1. */
export function inclusionProof(m: number, hashes: Uint8Array[]): Uint8Array[] {
  if (hashes.length <= 1) return [];
  const k = split(hashes.length);
  if (m < k) return [...inclusionProof(m, hashes.slice(0, k)), treeHash(hashes.slice(k))];
  return [...inclusionProof(m - k, hashes.slice(k)), treeHash(hashes.slice(0, k))];
}

/** PROOF of RFC 6962 §2.1.2. */
export function consistencyProof(m: number, hashes: Uint8Array[], isWhole = true): Uint8Array[] {
  if (m === 0) return [];
  if (m === hashes.length) return isWhole ? [] : [treeHash(hashes)];
  const k = split(hashes.length);
  if (m <= k) return [...consistencyProof(m, hashes.slice(0, k), isWhole), treeHash(hashes.slice(k))];
  return [...consistencyProof(m - k, hashes.slice(k), false), treeHash(hashes.slice(0, k))];
}

/** An audit event with its nonce, as the bytes of a leaf. */
export function makeLeaf(i: number, metadata: { [key: string]: Json } = {}): Buffer {
  const event = {
    action: i % 7 === 0 ? "conversation-read" : "settings-changed",
    version: 1,
    occurredAt: new Date(1736942400000 + i * 1000).toISOString(),
    crud: "update",
    actor: { commitment: sha256(`actor ${i % 5}`).toString("hex") },
    targets: [{ kind: "agent", id: `agent-${i % 11}` }],
    context: { origin: "console" },
    outcome: "success",
    metadata,
    nonce: sha256(`nonce ${i}`).toString("base64url"),
  };
  return Buffer.from(canonicalJson(event));
}

/** Leaves 0 to size - 1. */
export function makeLeaves(size: number): Buffer[] {
  return Array.from({ length: size }, (_, i) => makeLeaf(i));
}

/** The signed checkpoint of a log of these leaves. */
export function makeCheckpoint(leaves: Uint8Array[], log: Signer, witnesses: Signer[] = [], origin = log.name): string {
  const root = Buffer.from(treeHash(leaves.map(leafHash))).toString("base64");
  return signNote(`${origin}\n${leaves.length}\n${root}\n`, log, witnesses);
}

const lines = (hashes: Uint8Array[]): string =>
  hashes.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("");

/** A c2sp.org/tlog-proof@v1 that leaf `index` is in the log. */
export function makeInclusionProof(
  index: number,
  leaves: Uint8Array[],
  checkpoint: string,
  extra?: Uint8Array,
): string {
  const proof = lines(inclusionProof(index, leaves.map(leafHash)));
  const extraLine = extra ? `extra ${Buffer.from(extra).toString("base64")}\n` : "";
  return `c2sp.org/tlog-proof@v1\n${extraLine}index ${index}\n${proof}\n${checkpoint}`;
}

/** A consistency proof from `size` leaves, in the form of c2sp.org/tlog-witness's add-checkpoint request. */
export function makeConsistencyProof(size: number, leaves: Uint8Array[], checkpoint: string): string {
  return `old ${size}\n${lines(consistencyProof(size, leaves.map(leafHash)))}\n${checkpoint}`;
}

/** The path of a tile. */
export function tilePath(kind: string, n: number, width: number): string {
  const parts = String(n)
    .padStart(Math.ceil(String(n).length / 3) * 3, "0")
    .match(/\d{3}/g);
  const path = (parts ?? []).map((part, i, all) => (i < all.length - 1 ? `x${part}` : part)).join("/");
  return `tile/${kind}/${path}${width === 256 ? "" : `.p/${width}`}`;
}

/** An entry bundle of c2sp.org/tlog-tiles. */
export function makeBundle(leaves: Uint8Array[]): Buffer {
  const length = (leaf: Uint8Array): Buffer => Buffer.of(leaf.length >> 8, leaf.length & 255);
  return Buffer.concat(leaves.flatMap((leaf) => [length(leaf), leaf]));
}

/** A whole log as exported: checkpoint, hash tiles, entry bundles. */
export function makeLog(leaves: Uint8Array[], checkpoint: string): FileMap {
  const files: FileMap = new Map([["checkpoint", Buffer.from(checkpoint)]]);
  for (let first = 0; first < leaves.length; first += 256) {
    const some = leaves.slice(first, first + 256);
    files.set(tilePath("entries", first / 256, some.length), makeBundle(some));
  }
  let hashes: Uint8Array[] = leaves.map(leafHash);
  for (let level = 0; hashes.length > 0; level++) {
    const above: Uint8Array[] = [];
    for (let first = 0; first < hashes.length; first += 256) {
      const some = hashes.slice(first, first + 256);
      files.set(tilePath(String(level), first / 256, some.length), Buffer.concat(some));
      if (some.length === 256) above.push(treeHash(some));
    }
    hashes = above;
  }
  return files;
}

export const payloadTypes = {
  erasure: "application/vnd.lethe.erasure-receipt.v1+json",
  retention: "application/vnd.lethe.retention-receipt.v1+json",
  closure: "application/vnd.lethe.closure-certificate.v1+json",
  exportManifest: "application/vnd.lethe.export-manifest.v1+json",
};

/** A DSSE v1 envelope. */
export function makeEnvelope(payloadType: string, payload: Uint8Array, signer: Signer): { [key: string]: Json } {
  const signed = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  const sig = sign(null, signed, signer.privateKey).toString("base64");
  const signatures = [{ keyid: signer.spkiHash, sig }];
  return { payloadType, payload: Buffer.from(payload).toString("base64"), signatures };
}

export interface RecordParts {
  envelope: { [key: string]: Json };
  proof: string;
  leaf: string;
}

/**
 * A signed statement with its place in the log: seven other leaves, of which it is number 3.
 *
 * @param digestField - where the leaf's metadata names the payload's digest.
 */
export function makeRecord(
  payloadType: string,
  statement: { [key: string]: Json },
  digestField: string,
  signer: Signer,
  witnesses: Signer[] = [],
): RecordParts {
  const payload = Buffer.from(canonicalJson(statement));
  const leaves = makeLeaves(7);
  const leaf = makeLeaf(3, { [digestField]: sha256(payload).toString("hex") });
  leaves[3] = leaf;
  const proof = makeInclusionProof(3, leaves, makeCheckpoint(leaves, signer, witnesses));
  return { envelope: makeEnvelope(payloadType, payload, signer), proof, leaf: leaf.toString("base64") };
}

/** A JSON file as Lethe writes it. */
export function jsonFile(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** A manifest of RFC 8493 §2.1.3. */
export function makeManifest(files: FileMap): Buffer {
  return Buffer.from([...files].map(([name, bytes]) => `${sha256(bytes).toString("hex")}  ${name}\n`).join(""));
}

/** A person's export as a bag. `data` has names under data/. */
export function makeBag(data: FileMap, signer: Signer): FileMap {
  const manifest = makeManifest(data);
  const tags: FileMap = new Map([
    ["bagit.txt", Buffer.from("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")],
    ["bag-info.txt", Buffer.from("Source-Organization: Lethe\n")],
    ["manifest-sha256.txt", manifest],
  ]);
  const statement = {
    exportId: "export-1",
    createdAt: "2025-01-15T12:00:00Z",
    manifestSha256: sha256(manifest).toString("hex"),
  };
  const { envelope, proof, leaf } = makeRecord(payloadTypes.exportManifest, statement, "manifestDigest", signer);
  return new Map([
    ...tags,
    ["tagmanifest-sha256.txt", makeManifest(tags)],
    ["export-manifest.dsse.json", jsonFile(envelope)],
    ["proof.json", jsonFile({ proof, leaf })],
    ...data,
  ]);
}

/** Writes files into a folder. */
export function writeFiles(folder: string, files: FileMap): string {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
