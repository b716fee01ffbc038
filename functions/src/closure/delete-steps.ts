import { removeEverybody } from "../identity/remove-everybody.ts";
import { bucketFolders } from "../inventory/inventory.ts";
import { deletePaths, pageOfPaths, tenantCollections } from "../inventory/tenant-records.ts";
import type { Job, JobStep, StepResult, StepRun } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { changeClosedRecord, findClosedRecord } from "./store.ts";

/** Records listed by one call; deleted 500 a commit, so that a bulk, saves included, costs a call for 400 records or more. */
const pageSize = 10_000;
/** Objects deleted between two saves, and side by side. */
const filesARun = 400;
const filesAtOnce = 20;

/** The collections that hold keys, the tenant's own first: without it none of the others can be opened. */
const keyCollections = tenantCollections.filter(({ database }) => database === "keys");
const dataCollections = tenantCollections.filter(({ database }) => database === "data");
/** Prefixes that go with the account; the others stay for a time that the inventory gives. */
export const deletedFolders = bucketFolders.filter(({ afterClosure }) => afterClosure === undefined);

/** Whether a path is the deletion's own job, or lies below it: that goes last. */
export function isOwnJob(job: Pick<Job, "tenantId" | "id">, path: string): boolean {
  const own = `tenants/${job.tenantId}/jobs/${job.id}`;
  return path === own || path.startsWith(`${own}/`);
}

/** Deletes one page of one collection and says where the next one begins. */
async function deletePage(deps: Deps, { job, cursor }: StepRun): Promise<StepResult> {
  const entry = tenantCollections.find(({ name }) => name === cursor?.collection);
  if (entry === undefined) return { done: true };
  const after = typeof cursor?.after === "string" ? cursor.after : undefined;
  const page = await pageOfPaths(deps.stores, entry, job.tenantId, { after, limit: pageSize });
  const paths = page.paths.filter((path) => !isOwnJob(job, path));
  await deletePaths(deps.stores, entry, paths);
  if (paths.length > 0) log.info("deleted records", { jobId: job.id, collection: entry.name, count: paths.length });
  const counts = { deleted: paths.length };
  return page.after === undefined
    ? { done: true, counts }
    : { next: { collection: entry.name, after: page.after }, counts };
}

/** One collection after the other, in the order given. */
async function deleteInOrder(deps: Deps, run: StepRun, names: readonly string[]): Promise<StepResult> {
  const collection = typeof run.cursor?.collection === "string" ? run.cursor.collection : (names[0] ?? "");
  const result = await deletePage(deps, { ...run, cursor: { ...run.cursor, collection } });
  const next = names[names.indexOf(collection) + 1];
  if (!("done" in result) || next === undefined) return result;
  return { next: { collection: next }, counts: result.counts ?? {} };
}

/**
 * Destroys every key of the account, its own first: after one commit nothing that was ever sealed can be opened. When
 * it is done says the record that outlives the account.
 */
export const destroyKeys: JobStep<Deps> = {
  name: "destroy-keys",
  async run(deps, run) {
    const result = await deleteInOrder(
      deps,
      run,
      keyCollections.map(({ name }) => name),
    );
    if (!("done" in result)) return result;
    const { tenantId } = run.job;
    const now = deps.clock.now();
    await deps.stores.data.runTransaction(async (tx) => {
      await run.assertHeld(tx);
      const account = await findClosedRecord(deps.stores, tenantId, tx);
      if (account?.keysDestroyedAt === undefined)
        changeClosedRecord(tx, deps.stores, tenantId, { keysDestroyedAt: now });
    });
    return result;
  },
};

async function deleteFiles(deps: Deps, { job, cursor }: StepRun): Promise<StepResult> {
  const folder = deletedFolders.find(({ name }) => name === cursor?.folder) ?? deletedFolders[0];
  if (folder === undefined) return { done: true };
  const objects = await deps.buckets.list(folder.bucket, `${job.tenantId}/`);
  const batch = objects.slice(0, filesARun);
  for (let from = 0; from < batch.length; from += filesAtOnce) {
    const some = batch.slice(from, from + filesAtOnce);
    await Promise.all(some.map(({ path }) => deps.buckets.remove(folder.bucket, path)));
  }
  if (batch.length > 0) log.info("deleted files", { jobId: job.id, collection: folder.name, count: batch.length });
  const counts = { files: batch.length };
  if (batch.length < objects.length) return { next: { folder: folder.name }, counts };
  const next = deletedFolders[deletedFolders.indexOf(folder) + 1];
  return next === undefined ? { done: true, counts } : { next: { folder: next.name }, counts };
}

/** Deletes the account's files in every bucket whose inventory entry does not keep them for a time. */
export const deleteFilesStep: JobStep<Deps> = { name: "delete-files", run: deleteFiles };

/** Takes staff out of the directory, and their accounts at the provider where no other tenant has them. */
export const removeStaff: JobStep<Deps> = {
  name: "remove-staff",
  async run(deps, { job }) {
    const { removed, kept } = await removeEverybody(deps, job.tenantId);
    return { done: true, counts: { "staff.removed": removed, "staff.kept": kept } };
  },
};

/** A step that deletes every record of the account, each collection beside the others. */
function recordsStep(name: string): JobStep<Deps> {
  return {
    name,
    run: () => Promise.resolve({ fanOut: dataCollections.map((entry) => ({ collection: entry.name })) }),
    runShard: deletePage,
  };
}

export const deleteRecords = recordsStep("delete-records");

/** The same again, once no instance can still hold a key or a step begun before: nobody can have written since. */
export const deleteAgain: readonly JobStep<Deps>[] = [
  { name: "remove-staff-again", run: removeStaff.run },
  { name: "delete-files-again", run: deleteFiles },
  {
    name: "destroy-keys-again",
    run: (deps, run) =>
      deleteInOrder(
        deps,
        run,
        keyCollections.map(({ name }) => name),
      ),
  },
  recordsStep("delete-records-again"),
];

/** The longest that a turn runs and that an unwrapped key stays in the memory of any instance. */
const outlivesMs = (60 + 300) * 1000;

/** Waits until no turn begun before still runs and no instance still remembers a key. */
export const waitForCaches: JobStep<Deps> = {
  name: "wait-for-caches",
  async run(deps, { job }) {
    const account = await findClosedRecord(deps.stores, job.tenantId);
    const waitUntil = new Date((account?.keysDestroyedAt ?? job.createdAt).getTime() + outlivesMs);
    return deps.clock.now() >= waitUntil ? { done: true } : { waitUntil };
  },
};
