import { removeExportFiles } from "../../exports/remove-export-files.ts";
import { removeStrayExports } from "../../exports/remove-stray-exports.ts";
import { withdrawAccountExports } from "../../exports/withdraw-account-exports.ts";
import { pageOfRecords, personalCollections } from "../../inventory/subject-records.ts";
import type { JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { log } from "../../platform/log.ts";
import { scopeOfJob } from "./scope.ts";

/**
 * Deletes export files that hold the person: the person's own, whose records the next step deletes, and whole-account
 * ones, which can be made again without the person.
 */
export const deleteExports: JobStep<Deps> = {
  name: "delete-exports",
  async run(deps, { job, cursor }) {
    const { subjectId } = scopeOfJob(job);
    const scope = { tenantId: job.tenantId, subjectId };
    const exports = personalCollections.find((entry) => entry.name === "exports");
    if (exports === undefined) return { done: true };
    const after = typeof cursor?.after === "string" ? cursor.after : undefined;
    const page = await pageOfRecords(deps.stores, exports, scope, { after, limit: 50, idsOnly: true });
    for (const record of page.records) await removeExportFiles(deps, job.tenantId, record.path.split("/").at(-1) ?? "");
    const counts = { exportFiles: page.records.length };
    if (page.after !== undefined) return { next: { after: page.after }, counts };
    const withdrawn = await withdrawAccountExports(deps, job.tenantId);
    log.info("deleted exports", { jobId: job.id, count: page.records.length + withdrawn });
    return { done: true, counts: { exportFiles: page.records.length, accountExports: withdrawn } };
  },
};

/**
 * The same again, once no build begun before the freeze still runs and no instance still remembers the key: whatever was
 * exported of the whole account meanwhile, and files that a build wrote after its export was gone.
 */
export const deleteExportsAgain: JobStep<Deps> = {
  name: "delete-exports-again",
  async run(deps, { job }) {
    const withdrawn = await withdrawAccountExports(deps, job.tenantId);
    const strays = await removeStrayExports(deps, job.tenantId);
    return { done: true, counts: { accountExports: withdrawn, exportFiles: strays } };
  },
};
