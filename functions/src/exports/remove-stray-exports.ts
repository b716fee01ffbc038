import type { Deps } from "../platform/deps.ts";
import { folderOf } from "./payload-files.ts";
import { removeExportFiles } from "./remove-export-files.ts";
import { findExport } from "./store.ts";

/**
 * Deletes files that no export in force names: a build that was under way when its export was erased or withdrawn may
 * have written one more, and a withdrawal may have stopped before its files were gone. Safe to repeat.
 *
 * @returns how many exports had left some.
 */
export async function removeStrayExports(deps: Deps, tenantId: string): Promise<number> {
  const objects = await deps.buckets.list("exports", folderOf({ tenantId, id: "" }));
  const ids = new Set(objects.map(({ path }) => path.split("/")[1] ?? ""));
  let strays = 0;
  for (const id of ids) {
    const entry = await findExport(deps.stores, tenantId, id);
    if (entry?.state === "building" || entry?.state === "ready") continue;
    await removeExportFiles(deps, tenantId, id);
    strays += 1;
  }
  return strays;
}
