// Zip files (PKWARE APPNOTE 6.3.10): stored and deflated entries, zip64, data descriptors. Every byte must belong to one
// entry or to the directory, and both headers of an entry must agree, so that no other reader sees other files.
import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import * as zlib from "node:zlib";
import { refuse, utf8 } from "./text.mjs";

/**
 * @typedef {{ name: string, header: Buffer, size: number, packed: number, offset: number, start: number }} Entry -
 *   `header` is the one in the directory; `start` is where its bytes are
 * @typedef {(offset: number, length: number) => Buffer} ReadAt
 */

/** Refuses unsafe names, links, duplicates, overlaps, gaps and bombs. @type {(path: string) => import("./files.mjs").Files} */
export function openZip(path) {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    /** @type {ReadAt} */
    const at = (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > size) refuse(path, "is not a whole zip file");
      const bytes = Buffer.alloc(length);
      return readSync(fd, bytes, 0, length, offset) === length ? bytes : refuse(path, "is not a whole zip file");
    };
    const { directory, start, count } = findDirectory(path, size, at);
    const entries = readDirectory(path, directory);
    // Some writers say 65,535, the most that fits, for any larger number.
    if (count !== entries.size && (count !== 0xffff || entries.size < count))
      refuse(path, `has ${entries.size} entries, but says ${count}`);
    locate(path, entries, start, at);
    const files = [...entries.values()].filter(({ name }) => !name.endsWith("/"));
    const total = files.reduce((sum, entry) => sum + entry.size, 0);
    if (total > 16_000_000 + 200 * size) refuse(path, `is a zip bomb: ${size} bytes that unpack to ${total}`);
    const sizes = new Map(files.map((entry) => [entry.name, entry.size]));
    return { label: path, sizes, stream: (name) => unpack(path, entries.get(name) ?? refuse(path, `has no ${name}`)) };
  } finally {
    closeSync(fd);
  }
}

/** @type {(path: string, size: number, at: ReadAt) => { directory: Buffer, start: number, count: number }} */
function findDirectory(path, size, at) {
  const end = at(size - 22, 22);
  if (end.readUInt32LE() !== 0x06054b50 || end.readUInt16LE(20) !== 0) refuse(path, "does not end as a zip file does");
  let [limit, count, length, start] = [size - 22, end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  if (size >= 98 && at(size - 42, 4).readUInt32LE() === 0x07064b50) {
    limit = size - 98;
    const end64 = at(limit, 56);
    if (end64.readUInt32LE() !== 0x06064b50) refuse(path, "has a damaged zip64 end record");
    [count, length, start] = [number64(end64, 32), number64(end64, 40), number64(end64, 48)];
  }
  if (start + length !== limit || length > 128_000_000) refuse(path, "has a directory of a wrong size");
  return { directory: at(start, length), start, count };
}

/** @type {(path: string, directory: Buffer) => Map<string, Entry>} */
function readDirectory(path, directory) {
  const entries = new Map();
  for (let next = 0; next < directory.length; ) {
    const header = directory.subarray(next, next + 46);
    if (header.length < 46 || header.readUInt32LE() !== 0x02014b50) refuse(path, `entry ${entries.size} is damaged`);
    const type = header.readUInt32LE(38) >>> 28;
    const extra = next + 46 + header.readUInt16LE(28);
    const name = utf8(directory.subarray(next + 46, extra), `${path}: a name in it`);
    next = extra + header.readUInt16LE(30) + header.readUInt16LE(32);
    const where = `${path}: ${name}`;
    if (next > directory.length) refuse(where, "is cut short in the directory");
    if (/^$|(^|\/)\.{0,2}\/|(^|\/)\.{1,2}$|[\\\p{Cc}]|^[a-z]:/iu.test(name)) refuse(where, "is an unsafe name");
    if (entries.has(name)) refuse(where, "is there twice");
    if ((header.readUInt16LE(8) & ~0x80e) !== 0 || ![0, 8].includes(header.readUInt16LE(10)))
      refuse(where, "is encrypted, or packed in an unknown way");
    if (header[5] === 3 && ![0, 4, 8].includes(type)) refuse(where, "is a link or a device");
    const extraField = directory.subarray(extra, extra + header.readUInt16LE(30));
    const [size = 0, packed = 0, offset = 0] = readSizes(header, extraField);
    entries.set(name, { name, header, size, packed, offset, start: 0 });
  }
  return entries;
}

/** @type {(header: Buffer, extra: Buffer) => number[]} size, packed size, offset */
function readSizes(header, extra) {
  let next = 0;
  while (next + 4 <= extra.length && extra.readUInt16LE(next) !== 1) next += 4 + extra.readUInt16LE(next + 2);
  next += 4;
  return [24, 20, 42].map((at) => {
    // A zip64 field holds, in this order, only the numbers that do not fit into the header.
    const short = header.readUInt32LE(at);
    if (short !== 0xffffffff || next + 8 > extra.length) return short;
    next += 8;
    return number64(extra, next - 8);
  });
}

/** @type {(bytes: Buffer, at: number) => number} */
const number64 = (bytes, at) => Number(bytes.readBigUInt64LE(at));

/**
 * Finds where each entry's bytes start; the entries must fill the file up to the directory.
 * @type {(path: string, entries: Map<string, Entry>, end: number, at: ReadAt) => void}
 */
function locate(path, entries, end, at) {
  const ordered = [...entries.values()].sort((a, b) => a.offset - b.offset);
  if ((ordered[0]?.offset ?? end) !== 0) refuse(path, "has bytes before its first entry");
  for (const [i, entry] of ordered.entries()) {
    const { name, header, offset, packed } = entry;
    const hasDescriptor = (header.readUInt16LE(8) & 8) !== 0;
    const local = at(offset, 30);
    const nameLength = local.readUInt16LE(26);
    entry.start = offset + 30 + nameLength + local.readUInt16LE(28);
    // Flags, method and time; where no descriptor follows the data, CRC and sizes too.
    const length = hasDescriptor ? 8 : 20;
    const isSame = local.subarray(6, 6 + length).equals(header.subarray(8, 8 + length));
    if (local.readUInt32LE() !== 0x04034b50 || !isSame || at(offset + 30, nameLength).toString() !== name)
      refuse(`${path}: ${name}`, "has two headers that do not agree");
    const gap = (ordered[i + 1]?.offset ?? end) - entry.start - packed;
    if (!(hasDescriptor ? [12, 16, 20, 24] : [0]).includes(gap))
      refuse(`${path}: ${name}`, "overlaps what follows it, or leaves a gap");
  }
}

/** Node has it from 20.15. Without it other readers may refuse what is accepted here, but none unpacks other bytes. */
const crc32 = /** @type {typeof zlib.crc32 | undefined} */ (zlib.crc32);

/** @type {(path: string, entry: Entry) => AsyncGenerator<Uint8Array>} */
async function* unpack(path, { name, header, start, packed, size }) {
  const source = packed === 0 ? Readable.from([]) : createReadStream(path, { start, end: start + packed - 1 });
  const inflate = header.readUInt16LE(10) === 8 ? zlib.createInflateRaw() : undefined;
  let [length, crc] = [0, 0];
  // An error of either stream reaches the loop through the last one.
  for await (const chunk of inflate ? pipeline(source, inflate, () => {}) : source) {
    length += chunk.length;
    if (length > size) break;
    crc = crc32?.(chunk, crc) ?? 0;
    yield chunk;
  }
  const isWhole = length === size && (!inflate || inflate.bytesWritten === packed);
  if (!isWhole || (crc32 && crc !== header.readUInt32LE(16)))
    refuse(`${path}: ${name}`, `does not unpack to the ${size} bytes that it says`);
}
