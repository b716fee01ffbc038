import type { Job } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { removeExportFiles } from "./remove-export-files.ts";
import { failExport, findExportIn } from "./store.ts";

/**
 * Marks the export of a job that was cancelled or has failed, and deletes its files: they are not sealed, and nobody will
 * fetch them. Safe to repeat, and for an export that is gone.
 */
export async function putAwayExport(deps: Deps, job: Job): Promise<void> {
  const { tenantId } = job;
  const exportId = job.targets.exportId ?? job.id;
  await deps.stores.data.runTransaction(async (tx) => {
    const current = await findExportIn(tx, deps.stores, tenantId, exportId);
    if (current?.state === "building" || current?.state === "ready") failExport(tx, deps.stores, current);
  });
  // Failed: no link is issued. The files follow; if we die before, the job is put away once more.
  await removeExportFiles(deps, tenantId, exportId);
}
