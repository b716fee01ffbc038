import { removeExportFiles } from "../exports/remove-export-files.ts";
import { documentRef } from "../inventory/collections.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import type { PersonalCollection } from "../inventory/subject-records.ts";
import { deleteCounted } from "../jobs/delete-counted.ts";
import type { Job, JobStep } from "../jobs/job.ts";
import { addToCounts } from "../jobs/jobs.ts";
import type { Deps } from "../platform/deps.ts";
import { destroyEvidenceKeys } from "./destroy-evidence.ts";
import { type Look, purgeable, withoutKept } from "./kept.ts";
import { cursorAt, placeIn } from "./place.ts";
import { cutoffOf } from "./policy.ts";
import { purgeTime } from "./purge-time.ts";
import { isReason } from "./reasons.ts";
import { releasePersons } from "./release-persons.ts";
import { consentsUpTo, type ExpiredRecord, listExpired } from "./store.ts";

const pageSize = 400;

/** Purged by a step of its own. */
const elsewhere = new Set<CollectionName>(["conversations", "knowledge"]);

/** Collections whose records expire one by one, each by the field that the inventory names. */
export const expiringCollections: readonly PersonalCollection[] = collections.filter(
  (entry) => entry.agedBy !== undefined && !elsewhere.has(entry.name),
);

/** Purges records past their class's period, collection by collection, oldest first. */
export const purgeRecords: JobStep<Deps> = {
  name: "purge-records",
  async run(deps, { job, cursor }) {
    const { tenantId } = job;
    const index = Math.max(
      0,
      expiringCollections.findIndex(({ name }) => name === cursor?.collection),
    );
    const entry = expiringCollections[index];
    if (entry === undefined) return { done: true };
    const { policy, now } = await purgeTime(deps, tenantId);
    const cutoff = cutoffOf(policy, entry.retention, now);
    const after = placeIn(cursor);
    const expired =
      cutoff === undefined ? [] : await listExpired(deps.stores, entry, tenantId, cutoff, { after, limit: pageSize });
    const look = { stores: deps.stores, tenantId, now };
    const counts = await purge(deps, job, entry, look, await purgeable(look, expired));
    const last = expired.at(-1);
    if (expired.length === pageSize && last !== undefined)
      return { next: { collection: entry.name, ...cursorAt(last) }, counts };
    const following = expiringCollections[index + 1];
    return following === undefined ? { done: true, counts } : { next: { collection: following.name }, counts };
  },
};

/** @returns what is still to be counted. */
async function purge(
  deps: Deps,
  job: Job,
  entry: PersonalCollection,
  look: Look,
  due: readonly ExpiredRecord[],
): Promise<Record<string, number>> {
  if (due.length === 0) return {};
  const { tenantId } = look;
  if (isReason(entry.name)) await releasePersons(deps, look, due);
  if (entry.name === "exports") for (const { id } of due) await removeExportFiles(deps, tenantId, id);
  await destroyEvidenceKeys(deps, tenantId, due);
  if (entry.name === "leads") return deleteUnheld(deps, job, look, due);
  const paths = entry.name === "consents" ? await withTheirConsents(deps, tenantId, due) : due.map(({ path }) => path);
  return deleteCounted(deps.stores, job, entry, paths);
}

/** A lead can be held by itself: a hold that was placed since it was listed keeps it. */
async function deleteUnheld(
  deps: Deps,
  job: Job,
  look: Look,
  due: readonly ExpiredRecord[],
): Promise<Record<string, number>> {
  await deps.stores.data.runTransaction(async (tx) => {
    const { tenantId } = look;
    const refs = due.map(({ id: leadId }) => documentRef(deps.stores, "leads", { tenantId, leadId }));
    const [unheld, found] = await Promise.all([withoutKept({ ...look, tx }, due), tx.getAll(...refs)]);
    const ids = new Set(unheld.map(({ id }) => id));
    const going = found.filter((snapshot) => snapshot.exists && ids.has(snapshot.id));
    if (going.length === 0) return;
    for (const { ref } of going) tx.delete(ref);
    addToCounts(tx, deps.stores, { tenantId, jobId: job.id }, { leads: going.length });
  });
  return {};
}

/** Withdrawals that are due, each with what it withdrew. */
async function withTheirConsents(deps: Deps, tenantId: string, due: readonly ExpiredRecord[]): Promise<string[]> {
  const paths = await Promise.all(
    due.map(({ data, subjectId, agedAt }) =>
      consentsUpTo(deps.stores, tenantId, subjectId ?? "", String(data.purpose), agedAt),
    ),
  );
  return [...new Set(paths.flat())];
}
