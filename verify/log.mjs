// A whole log as files (c2sp.org/tlog-tiles): every tile is recomputed from the entries, one bundle at a time.
import { read } from "./files.mjs";
import { readCanonicalObject, readObject, refuse } from "./text.mjs";
import { GrowingTree, leafHash, same } from "./tree.mjs";

/**
 * @typedef {import("./files.mjs").Files} Files
 * @typedef {{ files: Files, widths: Map<string, number> }} Log - `widths`: of the tiles and bundles that were checked
 */

/**
 * Checks that the entries are those of the signed tree, that each file under tile/ belongs to it, and that the other
 * checkpoints of this log sign beginnings of the same tree. What is refused names the first entry that is wrong.
 * @type {(files: Files, size: number, heads: import("./note.mjs").Head[]) => Promise<string>}
 * @param heads - the log's own checkpoint, which signs `size` entries, and older ones.
 * @returns what was checked.
 */
export async function verifyLog(files, size, heads) {
  const names = [...files.sizes.keys()].filter((name) => name.startsWith("tile/"));
  // Refused before memory is taken for as many entries as a checkpoint says.
  if (size > 256 * names.length) refuse(files.label, `has ${names.length} tiles, too few for ${size} entries`);
  const { pruned, note } = await readPruned(files, size);
  /** @type {Log} */
  const log = { files, widths: new Map() };
  const firstBytes = new BigUint64Array(size);
  const seen = Buffer.from(firstBytes.buffer);
  /** @type {Uint8Array[][]} for each tile level above 0, the hashes of the tile that is being filled */
  const rows = [];
  const tree = new GrowingTree((level, hash) => {
    rows[level] = [...(rows[level] ?? []), hash];
  });

  for (let n = 0; tree.size < size; n++) {
    const count = Math.min(256, size - tree.size);
    for (const hash of await (n < pruned ? checkTile(log, 0, n, count) : checkBundle(log, n, count))) {
      checkHeads(files, tree, heads);
      seen.set(hash.subarray(0, 8), 8 * tree.size);
      tree.push(hash);
    }
    for (const [level, row = []] of rows.entries()) {
      if (row.length === 0 || (row.length < 256 && tree.size < size)) continue;
      await checkTile(log, level, Math.ceil(tree.size / 256 ** level / 256) - 1, row.length, row);
      rows[level] = [];
    }
  }
  checkHeads(files, tree, heads);
  for (const name of names) await checkName(log, name);
  refuseRepeats(files, firstBytes);
  return `log ${heads[0]?.origin} of ${size} entries, all tiles recomputed from them${note}`;
}

/** @type {(files: Files, tree: GrowingTree, heads: import("./note.mjs").Head[]) => void} */
function checkHeads({ label }, tree, heads) {
  for (const { size, root, file } of heads)
    if (size === tree.size && !same(root, tree.root()))
      refuse(label, `its first ${size} entries are not those that ${file} signs: it was forked or rewritten`);
}

/** @type {(files: Files, size: number) => Promise<{ pruned: number, note: string }>} how many bundles are gone */
async function readPruned(files, size) {
  if (!files.sizes.has("pruned.json")) return { pruned: 0, note: "" };
  const where = `${files.label}: pruned.json`;
  const { policy, bundles } = readObject(await read(files, "pruned.json", 4_000_000), where);
  if (typeof policy !== "string" || !Array.isArray(bundles) || bundles.some((n, i) => n !== i))
    return refuse(where, "does not name a policy and the bundles 0, 1, 2... that are gone");
  if (256 * bundles.length > size) refuse(where, `names more whole bundles than ${size} entries fill`);
  const note = `; of entries 0 to ${256 * bundles.length - 1} only the hashes are kept, as it says under: ${policy}`;
  return { pruned: bundles.length, note: bundles.length > 0 ? note : "" };
}

/** The name of a tile or bundle when it is full. @type {(kind: number | "entries", n: number) => string} */
function fullName(kind, n) {
  const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, "0");
  return `tile/${kind}/${digits.replace(/\d{3}(?=\d)/g, "x$&/")}`;
}

/** @type {(full: string, count: number) => string} */
const nameOf = (full, count) => (count === 256 ? full : `${full}.p/${count}`);

/**
 * Reads up to `count` hashes of a tile, or entries of a bundle; `isWhole` if it holds just as many.
 * @type {(files: Files, full: string, count: number) => Promise<{ name: string, items: Buffer[], isWhole: boolean }>}
 */
async function load(files, full, count) {
  const name = nameOf(full, count);
  const prefix = full.startsWith("tile/entries/") ? 2 : 0;
  const bytes = await read(files, name, 256 * (2 + 65_535));
  /** @type {Buffer[]} */
  const items = [];
  let end = 0;
  while (items.length < count && end + prefix < bytes.length) {
    const start = end + prefix;
    const next = start + (prefix ? bytes.readUInt16BE(end) : 32);
    if (next > bytes.length) break;
    items.push(bytes.subarray(start, next));
    end = next;
  }
  return { name, items, isWhole: items.length === count && end === bytes.length };
}

/** @type {(log: Log, level: number, n: number, count: number, computed?: Buffer[] | Uint8Array[]) => Promise<Buffer[]>} */
async function checkTile({ files, widths }, level, n, count, computed = []) {
  const full = fullName(level, n);
  const { name, items, isWhole } = await load(files, full, count);
  const wrong = items.findIndex((hash, i) => !same(computed[i] ?? hash, hash));
  const first = (256 * n + wrong) * 256 ** level;
  const what = level === 0 ? `entry ${first}` : `entries ${first} to ${first + 256 ** level - 1}`;
  if (wrong >= 0)
    refuse(files.label, `${what}: not what hash ${wrong} of ${name} says; one of them was changed or moved`);
  if (!isWhole) refuse(files.label, `${name} does not hold ${count} hashes`);
  widths.set(full, count);
  return items;
}

/** @type {(log: Log, n: number, count: number) => Promise<Buffer[]>} the hashes of its entries, as in their tile */
async function checkBundle(log, n, count) {
  const { label } = log.files;
  const full = fullName("entries", n);
  const { name, items, isWhole } = await load(log.files, full, count);
  // Before the count, since the hashes tell which entry is missing or too many.
  const hashes = await checkTile(log, 0, n, count, items.map(leafHash));
  if (!isWhole) refuse(label, `entry ${256 * n + items.length}: ${name} does not hold ${count} whole entries`);
  for (const [i, entry] of items.entries()) readCanonicalObject(entry, `${label}: entry ${256 * n + i}`);
  log.widths.set(full, count);
  return hashes;
}

/**
 * Checks that a file under tile/ is one that was checked, or a copy of one from when it was narrower.
 * @type {(log: Log, name: string) => Promise<void>}
 */
async function checkName({ files, widths }, name) {
  const [, full = name, part = "256"] = /^(.+)\.p\/([1-9]\d*)$/.exec(name) ?? [];
  const width = widths.get(full) ?? 0;
  if (name === nameOf(full, width)) return;
  if (Number(part) >= width) refuse(files.label, `${name} is no part of the entries that are signed and kept`);
  const [narrow, wide] = [await load(files, full, Number(part)), await load(files, full, width)];
  if (!narrow.isWhole || !narrow.items.every((item, i) => same(item, wide.items[i] ?? item)))
    refuse(files.label, `${name} is not the beginning of ${wide.name}`);
}

/** Entries hold nonces: two of one hash are one, logged twice. @type {(files: Files, hashes: BigUint64Array) => void} */
function refuseRepeats({ label }, hashes) {
  const sorted = hashes.slice().sort();
  const repeat = sorted.find((hash, i) => hash === sorted[i - 1]);
  if (repeat === undefined) return;
  const first = hashes.indexOf(repeat);
  refuse(label, `entry ${hashes.indexOf(repeat, first + 1)}: is the same as entry ${first}`);
}
