/** Zip files, right and wrong, for the verifier's tests (PKWARE APPNOTE 6.3.10). */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  name: string;
  bytes: Uint8Array;
  method?: "stored" | "deflated";
  /** A data descriptor follows the data: 12 or 16 bytes, or 20 or 24 in zip64. */
  descriptor?: 12 | 16 | 20 | 24;
  /** Sizes and offset stand in zip64 extra fields. */
  zip64?: boolean;
  /** The name in the entry's own header, if it is another. */
  localName?: string;
  /** The size that the headers say, if it is another. */
  saidSize?: number;
  /** Bytes before this entry that belong to none. */
  gap?: number;
  /** Unix file type and mode. */
  mode?: number;
  flags?: number;
}

export interface Zip {
  bytes: Buffer;
  /** Offsets that no reader of the contents looks at: a change there changes nothing. */
  irrelevant: Set<number>;
}

/** Writes a zip file; `zip64End` adds the zip64 end records. */
export function makeZip(entries: ZipEntry[], options: { zip64End?: boolean; comment?: string } = {}): Zip {
  const irrelevant = new Set<number>();
  const local: Buffer[] = [];
  const directory: { header: Buffer; ignored: number[] }[] = [];
  let offset = 0;
  const add = (bytes: Buffer): void => {
    local.push(bytes);
    offset += bytes.length;
  };
  for (const entry of entries) {
    if (entry.gap) add(Buffer.alloc(entry.gap, "PK"));
    const start = offset;
    const data = entry.method === "stored" ? Buffer.from(entry.bytes) : deflateRawSync(entry.bytes);
    const size = entry.saidSize ?? entry.bytes.length;
    const fields = { entry, crc: crc32(entry.bytes), packed: data.length, size, start };
    const header = localHeader(fields);
    for (const at of [4, 5]) irrelevant.add(start + at); // version needed
    // CRC and sizes here, where a descriptor repeats them after the data; and a zip64 field that repeats the directory's.
    for (let at = 14; entry.descriptor && at < 26; at++) irrelevant.add(start + at);
    for (let at = 30 + header.readUInt16LE(26); at < header.length; at++) irrelevant.add(start + at);
    add(header);
    add(data);
    if (entry.method !== "stored") irrelevant.add(offset - 1); // may hold unused bits after the end of the stream
    if (entry.descriptor) {
      const bytes = descriptor(fields, entry.descriptor);
      for (let i = 0; i < bytes.length; i++) irrelevant.add(offset + i);
      add(bytes);
    }
    directory.push(directoryHeader(fields));
  }
  const start = offset;
  for (const { header, ignored } of directory) {
    for (const at of ignored) irrelevant.add(offset + at);
    add(header);
  }
  const length = offset - start;
  if (options.zip64End) {
    for (let i = 4; i < 32; i++) irrelevant.add(offset + i); // its own length, versions, disks, entries on this disk
    for (let i = 60; i < 76; i++) irrelevant.add(offset + i); // the locator: disk, place of the record, disks
    add(zip64End(entries.length, length, start));
    for (const i of [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]) irrelevant.add(offset + i); // the zip64 record says it
  }
  for (let i = 4; i < 10; i++) irrelevant.add(offset + i); // disk numbers, entries on this disk
  add(end(entries.length, length, start, options.comment ?? ""));
  return { bytes: Buffer.concat(local), irrelevant };
}

interface Fields {
  entry: ZipEntry;
  crc: number;
  packed: number;
  size: number;
  start: number;
}

function flagsOf({ flags = 0x800, descriptor }: ZipEntry): number {
  return flags | (descriptor ? 8 : 0);
}

function extraField(numbers: number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(1);
  extra.writeUInt16LE(8 * numbers.length, 2);
  for (const [i, number] of numbers.entries()) extra.writeBigUInt64LE(BigInt(number), 4 + 8 * i);
  return extra;
}

function localHeader({ entry, crc, packed, size }: Fields): Buffer {
  const name = Buffer.from(entry.localName ?? entry.name);
  const extra = entry.zip64 ? extraField([size, packed]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50);
  header.writeUInt16LE(entry.zip64 ? 45 : 20, 4);
  header.writeUInt16LE(flagsOf(entry), 6);
  header.writeUInt16LE(entry.method === "stored" ? 0 : 8, 8);
  header.writeUInt32LE(0x5a2f6000, 10);
  if (!entry.descriptor) header.writeUInt32LE(crc, 14);
  if (!entry.descriptor) header.writeUInt32LE(entry.zip64 ? 0xffffffff : packed, 18);
  if (!entry.descriptor) header.writeUInt32LE(entry.zip64 ? 0xffffffff : size, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function descriptor({ crc, packed, size }: Fields, length: number): Buffer {
  const isLong = length >= 20;
  const bytes = Buffer.alloc(isLong ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50);
  bytes.writeUInt32LE(crc, 4);
  if (isLong) bytes.writeBigUInt64LE(BigInt(packed), 8);
  else bytes.writeUInt32LE(packed, 8);
  if (isLong) bytes.writeBigUInt64LE(BigInt(size), 16);
  else bytes.writeUInt32LE(size, 12);
  return bytes.subarray(bytes.length - length);
}

function directoryHeader({ entry, crc, packed, size, start }: Fields): { header: Buffer; ignored: number[] } {
  const name = Buffer.from(entry.name);
  const extra = entry.zip64 ? extraField([size, packed, start]) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50);
  header.writeUInt16LE((3 << 8) | 45, 4);
  header.writeUInt16LE(entry.zip64 ? 45 : 20, 6);
  header.writeUInt16LE(flagsOf(entry), 8);
  header.writeUInt16LE(entry.method === "stored" ? 0 : 8, 10);
  header.writeUInt32LE(0x5a2f6000, 12);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : packed, 20);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38);
  header.writeUInt32LE(entry.zip64 ? 0xffffffff : start, 42);
  // Version made by and needed, disk, attributes. The host in byte 5 only says how the attributes are read. Of a zip64
  // field, its length, which follows from what it holds.
  const ignored = [4, 5, 6, 7, 34, 35, 36, 37, 38, 39, 40, 41, 48 + name.length, 49 + name.length];
  return { header: Buffer.concat([header, name, extra]), ignored: ignored.slice(0, entry.zip64 ? undefined : 12) };
}

function zip64End(count: number, length: number, start: number): Buffer {
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  for (const [i, number] of [count, length, start].entries()) record.writeBigUInt64LE(BigInt(number), 32 + 8 * i);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(start + length), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

function end(count: number, length: number, start: number, comment: string): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(length, 12);
  record.writeUInt32LE(start, 16);
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([record, Buffer.from(comment)]);
}
