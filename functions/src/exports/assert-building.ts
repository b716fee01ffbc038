import type { Job } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { removeExportFiles } from "./remove-export-files.ts";
import { type Export, findExport } from "./store.ts";

/**
 * The export that a job builds, while it may be built.
 *
 * @throws AppError `subject-erased` when its person was erased or it was withdrawn meanwhile; its files are gone then.
 */
export async function assertBuilding(deps: Deps, job: Job): Promise<Export> {
  const exportId = job.targets.exportId ?? job.id;
  const entry = await findExport(deps.stores, job.tenantId, exportId);
  if (entry?.state === "building" || entry?.state === "ready") return entry;
  await removeExportFiles(deps, job.tenantId, exportId);
  throw new AppError("subject-erased", `export ${exportId} was withdrawn while it was built`);
}
