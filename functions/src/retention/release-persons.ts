import { collectionRef, documentRef } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { createTombstone } from "../subject-requests/tombstones.ts";
import { readFreezeTargets } from "../subjects/freeze-subject.ts";
import type { ExpiredRecord } from "./store.ts";

/**
 * Freezes persons who were kept for nothing but what is about to be purged, for a later step to erase. Call before the
 * purge: after it nothing would lead to a person whom a crash left behind. Safe to repeat.
 *
 * @param due - what is about to be purged: conversations, leads or requests.
 */
export async function releasePersons(deps: Deps, tenantId: string, due: readonly ExpiredRecord[]): Promise<void> {
  const persons = Map.groupBy(due, ({ subjectId }) => subjectId);
  for (const [subjectId, records] of persons)
    if (subjectId !== undefined) await releasePerson(deps, { tenantId, subjectId }, records);
}

/** What a person is kept for, with the field that says since when; a chat in which nothing was asked has only its start. */
const reasons = [
  { name: "conversations", agedBy: "lastTurnAt", otherwise: "startedAt" },
  { name: "leads", agedBy: "createdAt" },
  { name: "requests", agedBy: "receivedAt" },
] as const;

async function releasePerson(
  deps: Deps,
  subject: { tenantId: string; subjectId: string },
  due: readonly ExpiredRecord[],
): Promise<void> {
  const { tenantId, subjectId } = subject;
  const agedAtMs = new Map(due.map(({ path, agedAt }) => [path, agedAt.getTime()]));
  const createdAt = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const left = await Promise.all(
      reasons.map(async ({ name, agedBy, ...reason }) => {
        const own = collectionRef(deps.stores, name, { tenantId }).where("subjectId", "==", subjectId);
        const { docs } = await tx.get(own.limit(due.length + 1));
        // Whoever wrote meanwhile is kept: the record is no longer as old as it was when it was listed.
        const since = (stored: (typeof docs)[number]): unknown =>
          stored.get(agedBy) ?? ("otherwise" in reason ? stored.get(reason.otherwise) : undefined);
        return docs.some((stored) => agedAtMs.get(stored.ref.path) !== timeOf(since(stored)));
      }),
    );
    const tombstone = await tx.get(documentRef(deps.stores, "tombstones", { tenantId, tombstoneId: subjectId }));
    const targets = await readFreezeTargets(tx, deps.stores, { tenantId, subjectId });
    if (left.includes(true) || tombstone.exists || targets.state !== "active") return;
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

/** A stored time; not a number when there is none, which equals nothing. */
function timeOf(stamp: unknown): number {
  return stamp instanceof Object && "toDate" in stamp ? (stamp as { toDate(): Date }).toDate().getTime() : Number.NaN;
}
