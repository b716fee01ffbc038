import { countMembershipsOf } from "../identity/count-memberships.ts";
import { countEveryRecord, deletePaths, pageOfPaths, tenantCollections } from "../inventory/tenant-records.ts";
import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import { deletedFolders, isOwnJob } from "./delete-steps.ts";

/**
 * Searches, in every collection and bucket that the inventory declares at this moment and in the directory, for what is
 * left of the account: nothing may be but the record of this job. What is found is deleted and searched for again;
 * anything left then fails the job, which the next sweep sets going again.
 */
export const searchResidue: JobStep<Deps> = {
  name: "search-residue",
  async run(deps, { job }) {
    const { tenantId } = job;
    let found = 0;
    for (const entry of tenantCollections) {
      if ((await countEveryRecord(deps.stores, entry, tenantId)) === 0) continue;
      const left = async () => {
        const { paths } = await pageOfPaths(deps.stores, entry, tenantId, { limit: 5_000 });
        return paths.filter((path) => !isOwnJob(job, path));
      };
      const residue = await left();
      if (residue.length === 0) continue;
      found += residue.length;
      log.warn("residue found", { jobId: job.id, collection: entry.name, count: residue.length });
      await deletePaths(deps.stores, entry, residue);
      if ((await left()).length > 0)
        throw new AppError("residue-found", `records of ${entry.name} remain; retry the job`);
    }
    for (const { bucket, name } of deletedFolders) {
      const objects = await deps.buckets.list(bucket, `${tenantId}/`);
      found += objects.length;
      for (const { path } of objects) await deps.buckets.remove(bucket, path);
      if ((await deps.buckets.list(bucket, `${tenantId}/`)).length > 0) {
        throw new AppError("residue-found", `objects of ${name} remain; retry the job`);
      }
    }
    if ((await countMembershipsOf(deps, tenantId)) > 0) {
      throw new AppError("residue-found", "members remain in the directory; retry the job");
    }
    const searched = tenantCollections.length + deletedFolders.length + 1;
    return { done: true, counts: { "residue.searched": searched, "residue.found": found } };
  },
};
