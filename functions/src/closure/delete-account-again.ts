import { removeEverybody } from "../identity/remove-everybody.ts";
import type { CollectionName } from "../inventory/inventory.ts";
import { countEveryRecord, deletePaths, pageOfPaths, tenantCollections } from "../inventory/tenant-records.ts";
import type { Deps } from "../platform/deps.ts";
import { deletedFolders } from "./delete-steps.ts";
import { firstCleanUp } from "./remove-remains.ts";
import { changeClosedRecord, createClosedRecord, findClosedRecord } from "./store.ts";

const pageSize = 5_000;

/**
 * Deletes an account again that a restore brought back: keys first, so that nothing of it can be opened from then on,
 * then staff, files and records, a job of its deletion included. Safe to repeat.
 *
 * @returns how many records were found.
 */
export async function deleteAccountAgain(deps: Deps, tenantId: string): Promise<number> {
  let found = 0;
  const deleteAll = async (database: "keys" | "data") => {
    for (const entry of tenantCollections.filter((each) => each.database === database)) {
      let after: string | undefined;
      do {
        const page = await pageOfPaths(deps.stores, entry, tenantId, { after, limit: pageSize });
        await deletePaths(deps.stores, entry, page.paths);
        found += page.paths.length;
        after = page.after;
      } while (after !== undefined);
    }
  };
  await deleteAll("keys");
  await removeEverybody(deps, tenantId);
  for (const { bucket } of deletedFolders)
    for (const { path } of await deps.buckets.list(bucket, `${tenantId}/`)) await deps.buckets.remove(bucket, path);
  await deleteAll("data");
  return found;
}

/** What `deleteAccountAgain` would delete, by collection; a collection without any is absent. */
export async function countAccount(
  deps: Pick<Deps, "stores">,
  tenantId: string,
): Promise<Partial<Record<CollectionName, number>>> {
  const counts: Partial<Record<CollectionName, number>> = {};
  for (const entry of tenantCollections) {
    const count = await countEveryRecord(deps.stores, entry, tenantId);
    if (count > 0) counts[entry.name] = count;
  }
  return counts;
}

/**
 * Writes again that an account is gone, where the restored database is from before that: its id is never used again.
 * A deletion that was under way is over with the replay. Safe to repeat.
 *
 * @param tombstone - of the account; its object is named by the job that deleted it.
 */
export async function noteClosedAgain(
  deps: Deps,
  tombstone: { tenantId: string; path: string; createdAt: Date },
): Promise<void> {
  const { tenantId, path, createdAt: startedAt } = tombstone;
  const finishedAt = deps.clock.now();
  const gone = { state: "done", finishedAt, people: null, cleanUpAt: firstCleanUp(finishedAt) } as const;
  const jobId = path.replace(/^.*\/|\.json$/g, "");
  await deps.stores.data.runTransaction(async (tx) => {
    const known = await findClosedRecord(deps.stores, tenantId, tx);
    if (known === undefined) {
      createClosedRecord(tx, deps.stores, { tenantId, jobId, requestedAt: startedAt, startedAt, ...gone });
    } else if (known.state === "running") {
      changeClosedRecord(tx, deps.stores, tenantId, gone);
    }
  });
}
