// Exports: a BagIt bag (RFC 8493) or a single subject.json, each with a signed manifest that the log holds.
import { createReadStream } from "node:fs";
import { basename, dirname } from "node:path";
import { digest, read } from "./files.mjs";
import { openRecord } from "./record.mjs";
import { readObject, refuse, utf8 } from "./text.mjs";
import { sha256 } from "./tree.mjs";

const manifestLimit = 64_000_000;
const recordLimit = 4_000_000;
const [manifestName, tagManifestName] = ["manifest-sha256.txt", "tagmanifest-sha256.txt"];
const [envelopeName, proofName] = ["export-manifest.dsse.json", "proof.json"];

/**
 * Checks that a bag holds exactly the files of its manifests, and that the manifest of data/ is signed and in the log.
 * @type {(files: import("./files.mjs").Files, trust: import("./note.mjs").Trust) => Promise<import("./record.mjs").SignedRecord>}
 * @see RFC 8493 §2, §3; DESIGN 7
 */
export async function verifyBag(files, trust) {
  const { label, sizes } = files;
  if ((await read(files, "bagit.txt", 1000)).toString() !== "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    refuse(`${label}: bagit.txt`, "does not declare a BagIt 1.0 bag in UTF-8");
  const manifest = await read(files, manifestName, manifestLimit);
  const envelope = readObject(await read(files, envelopeName, recordLimit), `${label}: ${envelopeName}`);
  const beside = readObject(await read(files, proofName, recordLimit), `${label}: ${proofName}`);
  const record = openRecord({ ...beside, envelope }, label, label, trust);
  if (record.statement.manifestSha256 !== sha256(manifest).toString("hex"))
    refuse(`${label}: ${manifestName}`, "is not the manifest that was signed");

  const payload = readManifest(manifest, `${label}: ${manifestName}`);
  const tags = readManifest(await read(files, tagManifestName, manifestLimit), `${label}: ${tagManifestName}`);
  // The signature and its proof are checked by themselves; the tag manifest cannot list itself.
  const known = new Set([...payload.keys(), ...tags.keys(), tagManifestName, envelopeName, proofName]);
  for (const name of sizes.keys()) if (!known.has(name)) refuse(`${label}: ${name}`, "is in no manifest");
  for (const [name, expected] of [...payload, ...tags]) {
    if (payload.has(name) !== name.startsWith("data/")) refuse(`${label}: ${name}`, "is in the wrong manifest");
    if (!sizes.has(name)) refuse(`${label}: ${name}`, "is missing");
    if ((await digest(files, name)) !== expected) refuse(`${label}: ${name}`, "is not the file of the manifest");
  }
  return { ...record, what: `export of ${payload.size} files, all as signed; ${record.what}` };
}

/** @type {(bytes: Buffer, where: string) => Map<string, string>} name -> SHA-256 in hex @see RFC 8493 §2.1.3 */
function readManifest(bytes, where) {
  const digests = new Map();
  const lines = utf8(bytes, where).split("\n");
  if (lines.pop() !== "") refuse(where, "does not end in a newline");
  for (const [i, line] of lines.entries()) {
    const [, sum, path = ""] = /^([0-9a-f]{64}) {2}(\S.*)$/u.exec(line) ?? refuse(where, `line ${i + 1} is malformed`);
    const name = path.replace(/%(0A|0D|25)/gi, (code) => decodeURIComponent(code));
    if (digests.has(name)) refuse(where, `line ${i + 1} names ${name} again`);
    digests.set(name, sum);
  }
  return digests;
}

/**
 * Checks a single exported file against its signed manifest, `<file>.dsse.json`.
 * @type {(path: string, statement: import("./text.mjs").JsonObject) => Promise<void>}
 */
export async function verifySingleExport(path, statement) {
  const files = { label: dirname(path), sizes: new Map(), stream: () => createReadStream(path) };
  if (statement.subjectSha256 !== (await digest(files, basename(path))))
    refuse(path, "is not the file that was signed");
}
