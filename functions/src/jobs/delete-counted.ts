import type { Stores } from "../inventory/collections.ts";
import { type DeclaredCollection, deletePaths } from "../inventory/tenant-records.ts";
import type { Job } from "./job.ts";
import { addToCounts } from "./store.ts";

/**
 * Deletes records for a job and counts them under their collection's name in the same commit: the job's counts are exact,
 * wherever it dies and however often its step repeats.
 *
 * @param paths - full document paths, all of `entry`; those that somebody else deletes meanwhile are not counted.
 * @returns what the step has still to count: records of the keys' database, which no commit spans together with the job.
 */
export async function deleteCounted(
  stores: Stores,
  job: Pick<Job, "id" | "tenantId">,
  entry: DeclaredCollection,
  paths: readonly string[],
): Promise<Record<string, number>> {
  if (entry.database === "keys") {
    await deletePaths(stores, entry, paths);
    return paths.length === 0 ? {} : { [entry.name]: paths.length };
  }
  await deletePaths(stores, entry, paths, (commit, deleted) =>
    addToCounts(commit, stores, { tenantId: job.tenantId, jobId: job.id }, { [entry.name]: deleted }),
  );
  return {};
}
