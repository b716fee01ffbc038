import type { Deps } from "../platform/deps.ts";

/** Deletes every object of an export, parts too. Safe to repeat. */
export async function removeExportFiles(deps: Deps, tenantId: string, exportId: string): Promise<void> {
  const objects = await deps.buckets.list("exports", `${tenantId}/${exportId}/`);
  for (const object of objects) await deps.buckets.remove("exports", object.path);
}
