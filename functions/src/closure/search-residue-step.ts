import { countMembershipsOf } from "../identity/count-memberships.ts";
import {
  countEveryRecord,
  type DeclaredCollection,
  deletePaths,
  pageOfPaths,
  tenantCollections,
} from "../inventory/tenant-records.ts";
import type { Job, JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import { deletedFolders, isOwnJob } from "./delete-steps.ts";
import { stores, storesARun } from "./prepare-step.ts";

/** Deletes what is left in one collection. @returns how much there was. @throws AppError `residue-found` when some remains. */
async function searchCollection(deps: Deps, job: Job, entry: DeclaredCollection): Promise<number> {
  if ((await countEveryRecord(deps.stores, entry, job.tenantId)) === 0) return 0;
  const left = async () => {
    const { paths } = await pageOfPaths(deps.stores, entry, job.tenantId, { limit: 5_000 });
    return paths.filter((path) => !isOwnJob(job, path));
  };
  const residue = await left();
  if (residue.length === 0) return 0;
  log.warn("residue found", { jobId: job.id, collection: entry.name, count: residue.length });
  await deletePaths(deps.stores, entry, residue);
  if ((await left()).length > 0) throw new AppError("residue-found", `records of ${entry.name} remain; retry the job`);
  return residue.length;
}

/** The same for one folder of a bucket. */
async function searchFolder(deps: Deps, job: Job, { bucket, name }: (typeof deletedFolders)[number]): Promise<number> {
  const prefix = `${job.tenantId}/`;
  const objects = await deps.buckets.list(bucket, prefix);
  if (objects.length === 0) return 0;
  log.warn("residue found", { jobId: job.id, collection: name, count: objects.length });
  for (const { path } of objects) await deps.buckets.remove(bucket, path);
  if ((await deps.buckets.list(bucket, prefix)).length > 0)
    throw new AppError("residue-found", `objects of ${name} remain; retry the job`);
  return objects.length;
}

/**
 * Searches, in every collection and bucket that the inventory declares at this moment and in the directory, for what is
 * left of the account: nothing may be but the record of this job. What is found is deleted and searched for again;
 * anything left then fails the job, which the next sweep sets going again.
 */
export const searchResidue: JobStep<Deps> = {
  name: "search-residue",
  async run(deps, { job, cursor }) {
    const from = typeof cursor?.store === "string" ? stores.indexOf(cursor.store) : 0;
    const counts = { "residue.searched": 0, "residue.found": 0 };
    for (const name of stores.slice(from, from + storesARun)) {
      const entry = tenantCollections.find((candidate) => candidate.name === name);
      const folder = deletedFolders.find((candidate) => candidate.name === name);
      if (entry !== undefined) counts["residue.found"] += await searchCollection(deps, job, entry);
      if (folder !== undefined) counts["residue.found"] += await searchFolder(deps, job, folder);
      if (entry !== undefined || folder !== undefined) counts["residue.searched"] += 1;
    }
    const next = stores[from + storesARun];
    if (next !== undefined) return { next: { store: next }, counts };
    if ((await countMembershipsOf(deps, job.tenantId)) > 0)
      throw new AppError("residue-found", "members remain in the directory; retry the job");
    return { done: true, counts: { ...counts, "residue.searched": counts["residue.searched"] + 1 } };
  },
};
