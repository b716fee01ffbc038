import type { Deps } from "../platform/deps.ts";

/** Objects deleted side by side. */
const atOnce = 20;

/** Deletes every object of an export, parts too. Safe to repeat. */
export async function removeExportFiles(deps: Deps, tenantId: string, exportId: string): Promise<void> {
  const objects = await deps.buckets.list("exports", `${tenantId}/${exportId}/`);
  await removeExportObjects(
    deps,
    objects.map(({ path }) => path),
  );
}

/** Deletes objects of the bucket, some at a time. An absent one is no error. */
export async function removeExportObjects(
  deps: Deps,
  paths: readonly string[],
  before: () => Promise<void> = async () => undefined,
): Promise<void> {
  for (let from = 0; from < paths.length; from += atOnce) {
    await before();
    await Promise.all(paths.slice(from, from + atOnce).map((path) => deps.buckets.remove("exports", path)));
  }
}
