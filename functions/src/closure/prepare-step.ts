import { bucketFolders } from "../inventory/inventory.ts";
import { countEveryRecord, tenantCollections } from "../inventory/tenant-records.ts";
import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { sealPeople } from "./people.ts";
import { changeClosedRecord, findClosedRecord } from "./store.ts";

/** Path of an account's own tombstone, beside those of its erased persons. */
export function tombstonePath(tenantId: string, jobId: string): string {
  return `${tenantId}/${jobId}.json`;
}

/**
 * Writes the account's tombstone where no restore of a database reaches: ids only. The bucket refuses to replace an
 * object for as long as a backup may need it, so a repeated run leaves the one that is there alone.
 */
export const recordTombstone: JobStep<Deps> = {
  name: "record-tombstone",
  async run(deps, { job: { tenantId, id, createdAt } }) {
    const path = tombstonePath(tenantId, id);
    if ((await deps.buckets.read("tombstones", path)) !== undefined) return { done: true };
    const tombstone = { kind: "closure", tenantId, jobId: id, targets: {}, createdAt: createdAt.toISOString() };
    await deps.buckets.write("tombstones", path, Buffer.from(JSON.stringify(tombstone)), "application/json");
    return { done: true };
  },
};

/** Reads whom to tell, once: after the keys are gone and the members with them nobody knows. */
export const rememberPeople: JobStep<Deps> = {
  name: "remember-people",
  async run(deps, { job: { tenantId }, assertHeld }) {
    if ((await findClosedRecord(deps.stores, tenantId))?.people !== undefined) return { done: true };
    const people = await sealPeople(deps, tenantId);
    await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      changeClosedRecord(tx, deps.stores, tenantId, { people });
    });
    return { done: true };
  },
};

/** Stores counted, or searched, between two saves: a run stays short, and a fault repeats little. */
export const storesARun = 6;

/** Every store that an account's records and files lie in, in the order in which they are gone through. */
export const stores: readonly string[] = [...tenantCollections, ...bucketFolders].map(({ name }) => name);

/** The count under which a job keeps how much a store held. */
export function stockOf(name: string): string {
  return `stock.${name}`;
}

async function countOf(deps: Deps, tenantId: string, name: string): Promise<number> {
  const entry = tenantCollections.find((candidate) => candidate.name === name);
  if (entry !== undefined) return countEveryRecord(deps.stores, entry, tenantId);
  const folder = bucketFolders.find((candidate) => candidate.name === name);
  return folder === undefined ? 0 : (await deps.buckets.list(folder.bucket, `${tenantId}/`)).length;
}

/**
 * Counts what there is, store by store, before the first record goes: the certificate says how much of what was deleted,
 * and a deletion that dies half-way and is repeated could not say.
 */
export const takeStock: JobStep<Deps> = {
  name: "take-stock",
  async run(deps, { job, cursor }) {
    const from = typeof cursor?.store === "string" ? stores.indexOf(cursor.store) : 0;
    const counts: Record<string, number> = {};
    for (const name of stores.slice(from, from + storesARun))
      counts[stockOf(name)] = await countOf(deps, job.tenantId, name);
    const next = stores[from + storesARun];
    if (next !== undefined) return { next: { store: next }, counts };
    const known = { ...job.counts, ...counts };
    const total = tenantCollections.reduce((sum, { name }) => sum + (known[stockOf(name)] ?? 0), 0);
    return { done: true, counts, total, totalOf: "deleted" };
  },
};
