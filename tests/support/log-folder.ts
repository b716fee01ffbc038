import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type FolderPlace, type FolderSink, writeLogFolder } from "../../functions/src/ledger/log-folder.ts";
import type { LedgerDeps } from "../../functions/src/ledger/sequence.ts";

/** A log's folder on this machine's disk. */
export function diskSink(root: string): FolderSink {
  return {
    async write(path, bytes) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes);
    },
    remove: (path) => rm(join(root, path), { force: true }),
  };
}

/**
 * Writes a tenant's log into a fresh folder, as an export does: some files at a time.
 *
 * @param between - called after each part, with where it goes on.
 * @returns the folder's path.
 */
export async function logFolderOf(
  deps: LedgerDeps,
  tenantId: string,
  between: (place: FolderPlace) => Promise<void> = async () => undefined,
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "lethe-log-"));
  let place: FolderPlace | undefined;
  do {
    const next = await writeLogFolder(deps, tenantId, diskSink(root), place, 2);
    if (next === "unpublished") throw new Error(`log ${tenantId} has nothing published`);
    place = next;
    if (place !== undefined) await between(place);
  } while (place !== undefined);
  return root;
}
