/** An auditor's desk for the verifier's tests: a temporary folder, and the command run in it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../verify/run.mjs";
import { type FileMap, writeFiles } from "./verify-fixtures.ts";

export interface Desk {
  /** Writes one file and returns its path. */
  put(name: string, bytes: Uint8Array | string): string;
  /** Writes a folder of its own and returns its path. */
  putFolder(files: FileMap): string;
  path(name: string): string;
  /** What the verifier says; paths are shown without the folder. */
  verify(...args: string[]): Promise<{ exitCode: number; text: string }>;
  clear(): void;
}

export function makeDesk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), "verify-"));
  let count = 0;
  return {
    put(name, bytes) {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    },
    putFolder(files) {
      count += 1;
      return writeFiles(join(folder, `folder-${count}`), files);
    },
    path: (name) => join(folder, name),
    async verify(...args) {
      const { exitCode, text } = await run(args);
      return { exitCode, text: text.replaceAll(`${folder}/`, "") };
    },
    clear() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
