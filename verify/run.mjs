// The command: what is in each file, whether all of it holds, and how far trust reaches.
import { existsSync, readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { verifyBag, verifySingleExport } from "./bag.mjs";
import { openFolder, read, unwrapped } from "./files.mjs";
import { verifyLog } from "./log.mjs";
import { keyTypes, openCheckpoint, openInclusion, readHashes, readVerifierKey, splitProof } from "./note.mjs";
import { openRecord } from "./record.mjs";
import { printable, Refused, readObject, refuse } from "./text.mjs";
import { isConsistent, same } from "./tree.mjs";
import { openZip } from "./zip.mjs";

/**
 * @typedef {import("./note.mjs").Head} Head
 * @typedef {import("./note.mjs").Trust} Trust
 * @typedef {{ what: string, head: Head, statement?: import("./text.mjs").JsonObject, log?: import("./files.mjs").Files,
 *   consistency?: { size: number, hashes: Buffer[] } }} Found
 */

const fileLimit = 8_000_000;
const usage = `usage: node verify.mjs FILE... --key VKEY [--key VKEY]... [--witness VKEY]... [--quorum K]
                       [--since OLD_CHECKPOINT] [--origin ORIGIN]
FILE is a checkpoint, a proof, a receipt, an export (bag.zip, its folder, or subject.json) or a log's folder.
VKEY is a verifier key (<name>+<id>+<base64>) or a file of such lines.`;

/**
 * Verifies files as a command line asks.
 * @type {(args: string[]) => Promise<{ exitCode: 0 | 1 | 2, text: string }>}
 * @returns 0 and what was proven; 1 and one sentence that says what is wrong and where; 2 and how to call it.
 */
export async function run(args) {
  let options;
  try {
    options = readOptions(args);
  } catch (error) {
    return { exitCode: 2, text: `${sentence(error)}\n${usage}` };
  }
  try {
    return { exitCode: 0, text: await verifyAll(options) };
  } catch (error) {
    return { exitCode: 1, text: sentence(error) };
  }
}

/** @type {(error: unknown) => string} */
function sentence(error) {
  const { message, code, path } = /** @type {NodeJS.ErrnoException} */ (error);
  return printable(path ? `${path}: cannot be read (${code})` : message);
}

/** @type {(args: string[]) => { files: string[], trust: Trust, since: string | undefined }} */
function readOptions(args) {
  const one = /** @type {const} */ ({ type: "string" });
  const many = /** @type {const} */ ({ type: "string", multiple: true });
  const options = { key: many, witness: many, quorum: one, since: one, origin: one };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const keys = readKeys(values.key ?? [], keyTypes.log);
  const witnesses = readKeys(values.witness ?? [], keyTypes.witness);
  if (positionals.length === 0 || keys.length === 0) throw new Refused("needs at least one FILE and one --key");
  const holders = [...new Set(keys.map(({ spkiHash }) => spkiHash)), ...witnesses.map(({ spkiHash }) => spkiHash)];
  if (new Set(holders).size < holders.length) throw new Refused("a witness has the key of the log or of another one");
  const quorum = Number(values.quorum ?? witnesses.length);
  if (!Number.isInteger(quorum) || quorum < 0 || quorum > witnesses.length)
    throw new Refused(`--quorum is no number from 0 to ${witnesses.length}, which is how many witnesses were given`);
  return { files: positionals, trust: { keys, witnesses, quorum, origin: values.origin }, since: values.since };
}

/** @type {(given: string[], type: number) => import("./note.mjs").VerifierKey[]} */
function readKeys(given, type) {
  const isKey = (/** @type {string} */ text) => /\+[0-9a-f]{8}\+/.test(text);
  const lines = given.flatMap((text) => (isKey(text) ? text : readSmall(text).toString()).split(/\s*\n\s*/));
  const keys = lines.filter((line) => line !== "").map(readVerifierKey);
  for (const key of keys)
    if (key.type !== type) refuse(`key ${key.name}`, `has the type ${key.type}, not ${type} (1: log, 4: witness)`);
  return keys;
}

/** @type {(path: string) => Buffer} */
function readSmall(path) {
  const stat = statSync(path);
  if (!stat.isFile() || stat.size > fileLimit) refuse(path, `is no file of up to ${fileLimit} bytes`);
  return readFileSync(path);
}

/** @type {(options: ReturnType<typeof readOptions>) => Promise<string>} */
async function verifyAll({ files, trust, since }) {
  /** @type {Found[]} */
  const found = [];
  for (const file of files) found.push(await open(file, trust));
  const older = since ? openCheckpoint(readSmall(since), since, since, { ...trust, quorum: 0 }) : undefined;
  const heads = [...found.map(({ head }) => head), ...(older ? [older] : [])];
  for (const [i, head] of heads.entries())
    for (const other of heads.slice(0, i))
      if (isSameSize(head, other) && !same(head.root, other.root))
        refuse(head.file, `signs other ${head.size} entries than ${other.file}: the log has been forked`);

  const linked = new Set(heads.filter((head) => older && isSameSize(head, older)));
  for (const { head, consistency } of found) {
    if (!consistency) continue;
    if (!older || consistency.size !== older.size || head.origin !== older.origin || head.size < older.size)
      return refuse(head.file, `starts from ${consistency.size} entries of ${head.origin}; give those as --since`);
    if (!isConsistent(older, head, consistency.hashes))
      refuse(head.file, `its ${head.size} entries do not continue the ${older.size} entries of ${older.file}`);
    for (const equal of heads) if (isSameSize(equal, head)) linked.add(equal);
  }
  for (const item of found) {
    if (!item.log) continue;
    const covered = heads.filter(({ origin, size }) => origin === item.head.origin && size <= item.head.size);
    item.what = await verifyLog(item.log, item.head.size, [item.head, ...covered]);
    if (older && covered.includes(older)) for (const head of covered) linked.add(head);
  }
  const apart = older && found.find(({ head }) => !linked.has(head));
  if (apart) refuse(apart.head.file, `nothing that was given shows that its log continues the one of ${since}`);
  return report(found, trust, since);
}

/** @type {(a: Head, b: Head) => boolean} */
const isSameSize = (a, b) => a.origin === b.origin && a.size === b.size;

/** @type {(found: Found[], trust: Trust, since: string | undefined) => string} */
function report(found, { witnesses }, since) {
  const lines = found.flatMap(({ what, head, statement = {} }) => {
    const reach = ["signed", ...(since ? [`consistent with ${since}`] : [])];
    if (witnesses.length > 0) reach.push(`witnessed ${head.witnessed} of ${witnesses.length}`);
    const facts = Object.entries(statement).filter(([, value], i) => i < 20 && typeof value !== "object");
    return [`${head.file}: ${what}; ${reach.join(", ")}`, ...facts.map(([name, value]) => `  ${name}: ${value}`)];
  });
  if (!since && witnesses.length === 0)
    lines.push("Trust reaches as far as the key: its holder could show other entries to somebody else.");
  return lines.map(printable).join("\n");
}

/** Opens a file by what is in it. @type {(file: string, trust: Trust) => Promise<Found>} */
async function open(file, trust) {
  if (existsSync(`${file}.dsse.json`)) return open(`${file}.dsse.json`, trust);
  const stat = statSync(file);
  const bytes = stat.isDirectory() || stat.size > fileLimit ? Buffer.from("PK") : readSmall(file);
  const text = bytes.toString("latin1");
  if (text.startsWith("PK")) {
    const files = unwrapped(stat.isDirectory() ? openFolder(file) : openZip(file));
    if (files.sizes.has("bagit.txt")) return verifyBag(files, trust);
    if (!files.sizes.has("checkpoint")) refuse(file, "is neither a bag (no bagit.txt) nor a log (no checkpoint)");
    const head = openCheckpoint(await read(files, "checkpoint", fileLimit), `${file}: checkpoint`, file, trust);
    return { what: "log", head, log: files };
  }
  if (text.startsWith("c2sp.org/tlog-proof")) {
    const leafFile = file.replace(/\.tlog-proof$/, "");
    const leaf = leafFile !== file && existsSync(leafFile) ? readSmall(leafFile) : undefined;
    const { index, event, head } = openInclusion(bytes, leaf, file, file, trust);
    return { what: `leaf ${event.action}, entry ${index} of ${head.size} in ${head.origin}`, head };
  }
  if (text.startsWith("old ")) {
    const { lines, head } = splitProof(bytes, file, file, trust);
    const [, size] = /^old (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? "") ?? refuse(file, "has no old size in line 1");
    return { what: "consistency proof", head, consistency: { size: Number(size), hashes: readHashes(lines, file) } };
  }
  if (!/^\s*\{/.test(text)) {
    const head = openCheckpoint(bytes, file, file, trust);
    return { what: `checkpoint of ${head.size} entries in ${head.origin}`, head };
  }
  const record = openRecord(readObject(bytes, file), file, file, trust);
  if (record.kind === "export manifest") await verifySingleExport(file.replace(/\.dsse\.json$/, ""), record.statement);
  return record;
}
