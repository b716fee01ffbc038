/**
 * Writes a log of many entries and measures the verifier on it: seconds, and the largest resident memory. Run by hand:
 *
 *     node tests/support/million-entry-log.ts [entries]
 *
 * The tree is built with one growing edge, since the slow RFC 6962 of verify-fixtures.ts copies a list a level.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FileMap,
  leafHash,
  makeBundle,
  makeLeaf,
  makeSigner,
  sha256,
  signNote,
  tilePath,
  treeHash,
  writeFiles,
} from "./verify-fixtures.ts";

const size = Number(process.argv[2] ?? 1_000_000);
const log = makeSigner("logs.example/tenant-1", "log");
const folder = mkdtempSync(join(tmpdir(), "million-"));
try {
  writeLog(folder);
  const args = ["verify/verify.mjs", folder, "--key", log.logKey];
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  let maxRssMb = 0;
  const watch = setInterval(() => {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    maxRssMb = Math.max(maxRssMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }, 100);
  await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ entries: size, exitCode: child.exitCode, seconds, maxRssMb }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writeLog(path: string): void {
  const rows: Uint8Array[][] = [[]];
  const flush = (level: number, n: number): void => {
    const row = rows[level] ?? [];
    writeFiles(path, new Map([[tilePath(String(level), n, row.length), Buffer.concat(row)]]));
    rows[level] = [];
    if (row.length === 256) add(level + 1, treeHash(row));
  };
  const counts: number[] = [];
  const add = (level: number, hash: Uint8Array): void => {
    const row = rows[level] ?? [];
    row.push(hash);
    rows[level] = row;
    counts[level] = (counts[level] ?? 0) + 1;
    if (row.length === 256) flush(level, (counts[level] ?? 0) / 256 - 1);
  };
  const edge: { height: number; hash: Uint8Array }[] = [];
  for (let first = 0; first < size; first += 256) {
    const leaves = Array.from({ length: Math.min(256, size - first) }, (_, i) => makeLeaf(first + i));
    const files: FileMap = new Map([[tilePath("entries", first / 256, leaves.length), makeBundle(leaves)]]);
    writeFiles(path, files);
    for (const leaf of leaves) {
      let [hash, height] = [leafHash(leaf) as Uint8Array, 0];
      add(0, hash);
      for (let last = edge.at(-1); last?.height === height; last = edge.at(-1)) {
        hash = sha256(Buffer.of(1), last.hash, hash);
        height += 1;
        edge.pop();
      }
      edge.push({ height, hash });
    }
  }
  for (const [level, row] of rows.entries()) if (row.length > 0) flush(level, Math.floor((counts[level] ?? 0) / 256));
  const root = edge.map(({ hash }) => hash).reduceRight((right, left) => sha256(Buffer.of(1), left, right));
  const checkpoint = signNote(`${log.name}\n${size}\n${Buffer.from(root).toString("base64")}\n`, log);
  writeFiles(path, new Map([["checkpoint", Buffer.from(checkpoint)]]));
}
