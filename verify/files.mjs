// A folder or a zip file, as names and bytes.
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Refused, refuse } from "./text.mjs";

/** @typedef {{ label: string, sizes: Map<string, number>, stream: (name: string) => AsyncIterable<Uint8Array> }} Files */

/** Lists a folder and all below it; links and devices are refused. @type {(path: string) => Files} */
export function openFolder(path) {
  const sizes = new Map();
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of readdirSync(join(path, folder), { withFileTypes: true })) {
      if (item.isDirectory()) folders.push(`${folder}${item.name}/`);
      else if (item.isFile()) sizes.set(folder + item.name, statSync(join(path, folder, item.name)).size);
      else refuse(path, `${folder}${item.name} is neither a file nor a folder`);
    }
  }
  return { label: path, sizes, stream: (name) => createReadStream(join(path, name)) };
}

/** Where all lies in one folder, as in a zipped bag, that folder. @type {(files: Files) => Files} */
export function unwrapped({ label, sizes, stream }) {
  const names = [...sizes.keys()];
  const base = names[0]?.slice(0, names[0].indexOf("/") + 1) ?? "";
  if (!names.every((name) => name.startsWith(base))) return { label, sizes, stream };
  const inside = new Map([...sizes].map(([name, size]) => [name.slice(base.length), size]));
  return { label, sizes: inside, stream: (name) => stream(base + name) };
}

/** Reads a file of at most `limit` bytes. @type {(files: Files, name: string, limit: number) => Promise<Buffer>} */
export async function read(files, name, limit) {
  const size = files.sizes.get(name) ?? refuse(files.label, `has no ${name}`);
  if (size > limit) refuse(`${files.label}: ${name}`, `is larger than ${limit} bytes`);
  /** @type {Uint8Array[]} */
  const chunks = [];
  await readThrough(files, name, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks);
}

/** The SHA-256 of a file of any size, in hex. @type {(files: Files, name: string) => Promise<string>} */
export async function digest(files, name) {
  const hash = createHash("sha256");
  await readThrough(files, name, (chunk) => hash.update(chunk));
  return hash.digest("hex");
}

/** @type {(files: Files, name: string, take: (chunk: Uint8Array) => unknown) => Promise<void>} */
async function readThrough(files, name, take) {
  try {
    for await (const chunk of files.stream(name)) take(chunk);
  } catch (error) {
    if (error instanceof Refused) throw error;
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    refuse(`${files.label}: ${name}`, `cannot be read or unpacked (${code})`);
  }
}
