import { documentRef } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { createTombstone } from "../subject-requests/tombstones.ts";
import { readFreezeTargets } from "../subjects/freeze-subject.ts";
import { type Look, withoutKept } from "./kept.ts";
import { hasReasonLeft } from "./reasons.ts";
import type { ExpiredRecord } from "./store.ts";

/**
 * Freezes persons who were kept for nothing but what is about to be purged, for a later step to erase. Call before the
 * purge: after it nothing would lead to a person whom a crash left behind. Safe to repeat.
 *
 * @param due - what is about to be purged: records of one collection that are reasons to keep a person.
 */
export async function releasePersons(deps: Deps, look: Look, due: readonly ExpiredRecord[]): Promise<void> {
  const persons = Map.groupBy(due, ({ subjectId }) => subjectId);
  for (const [subjectId, records] of persons)
    if (subjectId !== undefined) await releasePerson(deps, look, subjectId, records);
}

async function releasePerson(deps: Deps, look: Look, subjectId: string, due: readonly ExpiredRecord[]): Promise<void> {
  const { tenantId } = look;
  const createdAt = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const isKeptFor = await hasReasonLeft(tx, deps.stores, { tenantId, subjectId }, due);
    const free = await withoutKept({ ...look, tx }, due);
    const tombstone = await tx.get(documentRef(deps.stores, "tombstones", { tenantId, tombstoneId: subjectId }));
    const targets = await readFreezeTargets(tx, deps.stores, { tenantId, subjectId });
    if (isKeptFor || free.length < due.length || tombstone.exists || targets.state !== "active") return;
    targets.apply("erasing");
    createTombstone(tx, deps.stores, {
      id: subjectId,
      tenantId,
      kind: "purge",
      state: "intended",
      targets: { scope: "person", subjectId },
      createdAt,
    });
  });
  // Frozen and named by a tombstone: the step purge-persons finds it, also after a crash here.
}
