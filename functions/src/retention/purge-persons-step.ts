import { destroyKey } from "../crypto/keyring.ts";
import { deleteRecords, pageOfRecords, personalCollections } from "../inventory/subject-records.ts";
import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { listIntendedPurges, type Tombstone, updateTombstone } from "../subject-requests/tombstones.ts";

const pageSize = 20;

/** Erases the persons that earlier steps released: key first, then what the inventory names. */
export const purgePersons: JobStep<Deps> = {
  name: "purge-persons",
  async run(deps, { job }) {
    const released = await listIntendedPurges(deps.stores, job.tenantId, pageSize);
    for (const tombstone of released) await purgePerson(deps, tombstone);
    const counts = released.length === 0 ? {} : { persons: released.length };
    return released.length < pageSize ? { done: true, counts } : { next: { again: true }, counts };
  },
};

async function purgePerson(deps: Deps, { id, tenantId, targets }: Tombstone): Promise<void> {
  const subjectId = targets.subjectId ?? id;
  await deps.buckets.write(
    "tombstones",
    `${tenantId}/${id}.json`,
    Buffer.from(JSON.stringify({ kind: "purge", tenantId, targets })),
    "application/json",
  );
  await destroyKey(deps, { collection: "deks", tenantId, subjectId });
  for (const entry of personalCollections.filter(({ erasure }) => erasure.action === "delete")) {
    let after: string | undefined;
    do {
      const page = await pageOfRecords(
        deps.stores,
        entry,
        { tenantId, subjectId },
        { after, limit: 500, idsOnly: true },
      );
      await deleteRecords(
        deps.stores,
        entry,
        page.records.map((record) => record.path),
      );
      after = page.after;
    } while (after !== undefined);
  }
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    updateTombstone(tx, deps.stores, { id, tenantId }, { state: "done", finishedAt: deps.clock.now() });
  });
}
