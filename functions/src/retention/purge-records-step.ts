import { removeExportFiles } from "../exports/remove-export-files.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import { deleteRecords, type PersonalCollection } from "../inventory/subject-records.ts";
import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { destroyEvidenceKeys } from "./destroy-evidence.ts";
import { isKept } from "./kept.ts";
import { cursorAt, placeIn } from "./place.ts";
import { cutoffOf } from "./policy.ts";
import { purgeTime } from "./purge-time.ts";
import { releasePersons } from "./release-persons.ts";
import { consentsUpTo, type ExpiredRecord, listExpired, listHeldPaths, listUntouchable } from "./store.ts";

const pageSize = 400;

/** Purged by steps of their own, or pruned by the ledger. */
const elsewhere = new Set<CollectionName>(["conversations", "knowledge", "auditPending", "auditBundles"]);

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
    const held = expired.length === 0 ? [] : await listHeldPaths(deps.stores, tenantId, now);
    const untouchable = await listUntouchable(
      deps.stores,
      tenantId,
      expired.flatMap(({ subjectId }) => subjectId ?? []),
    );
    const due = expired.filter((record) => !isKept(record, held, untouchable));
    await purge(deps, entry, tenantId, due);
    const counts = due.length === 0 ? {} : { [entry.name]: due.length };
    const last = expired.at(-1);
    if (expired.length === pageSize && last !== undefined)
      return { next: { collection: entry.name, ...cursorAt(last) }, counts };
    const following = expiringCollections[index + 1];
    return following === undefined ? { done: true, counts } : { next: { collection: following.name }, counts };
  },
};

async function purge(
  deps: Deps,
  entry: PersonalCollection,
  tenantId: string,
  due: readonly ExpiredRecord[],
): Promise<void> {
  if (due.length === 0) return;
  if (entry.name === "leads" || entry.name === "requests") await releasePersons(deps, tenantId, due);
  if (entry.name === "exports") for (const { id } of due) await removeExportFiles(deps, tenantId, id);
  await destroyEvidenceKeys(deps, tenantId, due);
  await deleteRecords(
    deps.stores,
    entry,
    entry.name === "consents" ? await withdrawnConsents(deps, tenantId, due) : due.map(({ path }) => path),
  );
}

/** A consent goes only when it was withdrawn long enough ago, and then together with what it withdrew. */
async function withdrawnConsents(deps: Deps, tenantId: string, due: readonly ExpiredRecord[]): Promise<string[]> {
  const paths = await Promise.all(
    due
      .filter(({ data }) => data.given === false)
      .map(({ data, subjectId, agedAt }) =>
        consentsUpTo(deps.stores, tenantId, subjectId ?? "", String(data.purpose), agedAt),
      ),
  );
  return [...new Set(paths.flat())];
}
