import type { Job } from "../jobs/job.ts";
import { findJobIn } from "../jobs/jobs.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { removeExportFiles } from "./remove-export-files.ts";
import { type Export, findExport, findExportIn, updateExport } from "./store.ts";

/**
 * The export that a job builds, while it may be built. One that failed and is tried again is being built again.
 *
 * @throws AppError `subject-erased` when its person was erased or it was withdrawn meanwhile; its files are gone then.
 */
export async function assertBuilding(deps: Deps, job: Job): Promise<Export> {
  const exportId = job.targets.exportId ?? job.id;
  const entry = await findExport(deps.stores, job.tenantId, exportId);
  if (entry?.state === "building" || entry?.state === "ready") return entry;
  if (entry?.state === "failed") return reopen(deps, job, entry);
  await removeExportFiles(deps, job.tenantId, exportId);
  throw new AppError("subject-erased", `export ${exportId} was withdrawn while it was built`);
}

/** @throws AppError `job-conflict` unless the export's job has been set going again since it failed. */
async function reopen(deps: Deps, job: Job, entry: Export): Promise<Export> {
  return deps.stores.data.runTransaction(async (tx) => {
    const [current, stored] = await Promise.all([
      findExportIn(tx, deps.stores, entry.tenantId, entry.id),
      findJobIn(tx, deps.stores, job.tenantId, job.id),
    ]);
    if (current?.state !== "failed" || stored?.state !== "running")
      throw new AppError("job-conflict", `export ${entry.id} is not built again`);
    updateExport(tx, deps.stores, entry, { state: "building" });
    return { ...current, state: "building" };
  });
}
