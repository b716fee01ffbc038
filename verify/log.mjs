// A whole log as files (c2sp.org/tlog-tiles): every tile is recomputed from the entries, one bundle at a time.
import { read } from "./files.mjs";
import { readCanonicalObject, readObject, refuse } from "./text.mjs";
import { GrowingTree, leafHash, same } from "./tree.mjs";

/** @typedef {{ files: import("./files.mjs").Files, unread: Set<string> }} Log - `unread`: what under tile/ nobody asked for */

const bundleLimit = 256 * (2 + 65_535);

/**
 * Checks that the entries are those of the signed tree, that each file under tile/ belongs to it, and that the other
 * checkpoints of this log sign beginnings of the same tree. What is refused names the first entry that is wrong.
 * @type {(files: import("./files.mjs").Files, size: number, heads: import("./note.mjs").Head[]) => Promise<string>}
 * @param heads - the log's own checkpoint, which signs `size` entries, and older ones.
 * @returns what was checked.
 */
export async function verifyLog(files, size, heads) {
  const unread = new Set([...files.sizes.keys()].filter((name) => name.startsWith("tile/")));
  // Refused before memory is taken for as many entries as a checkpoint says.
  if (size > 256 * unread.size)
    refuse(files.label, `has ${unread.size} tiles and bundles, too few for ${size} entries`);
  const { pruned, note } = await readPruned(files);
  const log = { files, unread };
  const firstBytes = new BigUint64Array(size);
  const seen = Buffer.from(firstBytes.buffer);
  /** @type {Uint8Array[][]} for each tile level above 0, the hashes of the tile that is being filled */
  const rows = [];
  const tree = new GrowingTree((level, hash) => {
    rows[level] = [...(rows[level] ?? []), hash];
  });

  checkHeads(files, tree, heads);
  for (let n = 0; tree.size < size; n++) {
    const count = Math.min(256, size - tree.size);
    for (const hash of await (n < pruned ? checkTile(log, 0, n, count) : checkBundle(log, n, count))) {
      seen.set(hash.subarray(0, 8), 8 * tree.size);
      tree.push(hash);
      checkHeads(files, tree, heads);
    }
    for (const [level, row = []] of rows.entries()) {
      if (row.length === 0 || (row.length < 256 && tree.size < size)) continue;
      await checkTile(log, level, Math.ceil(tree.size / 256 ** level / 256) - 1, row.length, row);
      rows[level] = [];
    }
  }
  for (const name of unread) refuse(files.label, `${name} is no part of the ${size} entries that are signed and kept`);
  refuseRepeats(files, firstBytes);
  return `log ${heads[0]?.origin} of ${size} entries, all tiles recomputed from them${note}`;
}

/** @type {(files: Log["files"], tree: GrowingTree, heads: import("./note.mjs").Head[]) => void} */
function checkHeads({ label }, tree, heads) {
  for (const { size, root, file } of heads)
    if (size === tree.size && !same(root, tree.root()))
      refuse(
        label,
        `its first ${size} entries are not those that ${file} signs: it was forked or rewritten before there`,
      );
}

/** @type {(files: Log["files"]) => Promise<{ pruned: number, note: string }>} how many bundles are said to be gone */
async function readPruned(files) {
  if (!files.sizes.has("pruned.json")) return { pruned: 0, note: "" };
  const { policy, bundles } = readObject(await read(files, "pruned.json", 4_000_000), `${files.label}: pruned.json`);
  if (typeof policy !== "string" || !Array.isArray(bundles) || bundles.some((n, i) => n !== i))
    return refuse(`${files.label}: pruned.json`, "does not name a policy and the bundles 0, 1, 2... that are gone");
  const note = `; of entries 0 to ${256 * bundles.length - 1} only the hashes are kept, as it says under: ${policy}`;
  return { pruned: bundles.length, note: bundles.length > 0 ? note : "" };
}

/**
 * Finds a tile or bundle, and copies of it from when it was narrower, which may also be there.
 * @type {(log: Log, kind: string, n: number, count: number) => { name: string, narrower: Map<number, string> }}
 */
function locate({ files, unread }, kind, n, count) {
  const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, "0");
  const full = `tile/${kind}/${digits.replace(/\d{3}(?=\d)/g, "x$&/")}`;
  const narrower = new Map();
  for (let part = 1; part < count; part++)
    if (unread.delete(`${full}.p/${part}`)) narrower.set(part, `${full}.p/${part}`);
  const name = count === 256 ? full : `${full}.p/${count}`;
  if (!unread.delete(name)) refuse(files.label, `${name} is missing`);
  return { name, narrower };
}

/** @type {(log: Log, level: number, n: number, count: number, computed?: Uint8Array[]) => Promise<Uint8Array[]>} */
async function checkTile(log, level, n, count, computed = []) {
  const { label } = log.files;
  const { name, narrower } = locate(log, String(level), n, count);
  const tile = await read(log.files, name, 8192);
  if (tile.length !== 32 * count) refuse(label, `${name} holds ${tile.length} bytes, not ${count} hashes`);
  const hashes = Array.from({ length: count }, (_, i) => tile.subarray(32 * i, 32 * i + 32));
  const wrong = hashes.findIndex((hash, i) => !same(computed[i] ?? hash, hash));
  const [first, last] = [256 * n + wrong, 256 * n + wrong + 1].map((i) => i * 256 ** level);
  const entries = level === 0 ? `entry ${first}` : `entries ${first} to ${Number(last) - 1}`;
  if (wrong >= 0)
    refuse(label, `${entries}: not what hash ${wrong} of ${name} says; one of the two was changed or moved`);
  for (const [part, copy] of narrower)
    if (!same(await read(log.files, copy, 8192), tile.subarray(0, 32 * part)))
      refuse(label, `${copy} is not the beginning of ${name}`);
  return hashes;
}

/** @type {(log: Log, n: number, count: number) => Promise<Uint8Array[]>} the hashes of its entries, as in their tile */
async function checkBundle(log, n, count) {
  const { label } = log.files;
  const { name, narrower } = locate(log, "entries", n, count);
  const bundle = await read(log.files, name, bundleLimit);
  /** @type {Buffer[]} */
  const entries = [];
  const ends = [0];
  for (let at = 0; at + 2 <= bundle.length; at = ends.at(-1) ?? 0) {
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) break;
    entries.push(bundle.subarray(at + 2, end));
    ends.push(end);
  }
  // Before the count, since the hashes tell which entry is missing or too many.
  const hashes = await checkTile(log, 0, n, count, entries.map(leafHash));
  if (ends[count] !== bundle.length)
    refuse(label, `entry ${256 * n + Math.min(entries.length, count)}: ${name} does not hold ${count} whole entries`);
  for (const [i, entry] of entries.entries()) readCanonicalObject(entry, `${label}: entry ${256 * n + i}`);
  for (const [part, copy] of narrower)
    if (!same(await read(log.files, copy, bundleLimit), bundle.subarray(0, ends[part])))
      refuse(label, `${copy} is not the beginning of ${name}`);
  return hashes;
}

/** Entries hold nonces: two of one hash are one, logged twice. @type {(files: Log["files"], hashes: BigUint64Array) => void} */
function refuseRepeats({ label }, hashes) {
  const sorted = hashes.slice().sort();
  const repeat = sorted.find((hash, i) => hash === sorted[i - 1]);
  if (repeat === undefined) return;
  const first = hashes.indexOf(repeat);
  refuse(label, `entry ${hashes.indexOf(repeat, first + 1)}: is the same as entry ${first}`);
}
