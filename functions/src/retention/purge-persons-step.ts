import { destroyKey } from "../crypto/keyring.ts";
import { deleteScope, type PersonalCollection, personalCollections } from "../inventory/subject-records.ts";
import { deleteCounted } from "../jobs/delete-counted.ts";
import type { Job, JobStep } from "../jobs/job.ts";
import { addToCounts, sum } from "../jobs/jobs.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import {
  findTombstoneIn,
  listIntendedPurges,
  type Tombstone,
  updateTombstone,
} from "../subject-requests/tombstones.ts";

const pageSize = 20;

/** Erases the persons that earlier steps released: key first, then what the inventory names. */
export const purgePersons: JobStep<Deps> = {
  name: "purge-persons",
  async run(deps, { job }) {
    const released = await listIntendedPurges(deps.stores, job.tenantId, pageSize);
    let counts: Record<string, number> = {};
    for (const tombstone of released) counts = sum(counts, await purgePerson(deps, job, tombstone));
    return released.length < pageSize ? { done: true, counts } : { next: { again: true }, counts };
  },
};

/**
 * A crash between the key's destruction and its entry repeats both: the tombstone says that the entry is written.
 *
 * @returns what is still to be counted.
 */
async function purgePerson(
  deps: Deps,
  job: Job,
  { id, tenantId, targets }: Tombstone,
): Promise<Record<string, number>> {
  const subjectId = targets.subjectId ?? id;
  const copy = `${tenantId}/${id}.json`;
  // The bucket refuses to replace an object for as long as a backup may need it.
  if ((await deps.buckets.read("tombstones", copy)) === undefined) {
    const content = Buffer.from(JSON.stringify({ kind: "purge", tenantId, targets }));
    await deps.buckets.write("tombstones", copy, content, "application/json");
  }
  await destroyKey(deps, { collection: "deks", tenantId, subjectId });
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const tombstone = await findTombstoneIn(tx, deps.stores, tenantId, id);
    if (tombstone === undefined || tombstone.keyDestroyedAt !== undefined) return;
    updateTombstone(tx, deps.stores, { id, tenantId }, { keyDestroyedAt: deps.clock.now() });
    appendEntry(tx, audit, {
      action: "key-destroyed",
      actor: { kind: "system", id: "retention-step" },
      targets: [{ kind: "job", id: job.id }],
      outcome: "success",
    });
  });
  const entries = personalCollections.filter(({ erasure }) => erasure.action === "delete");
  let counts: Record<string, number> = {};
  const remove = async (entry: PersonalCollection, paths: readonly string[]) => {
    counts = sum(counts, await deleteCounted(deps.stores, job, entry, paths));
  };
  await deleteScope(deps.stores, entries, { tenantId, subjectId }, { remove });
  await deps.stores.data.runTransaction(async (tx) => {
    if ((await findTombstoneIn(tx, deps.stores, tenantId, id))?.state === "done") return;
    updateTombstone(tx, deps.stores, { id, tenantId }, { state: "done", finishedAt: deps.clock.now() });
    addToCounts(tx, deps.stores, { tenantId, jobId: job.id }, { persons: 1 });
  });
  return counts;
}
