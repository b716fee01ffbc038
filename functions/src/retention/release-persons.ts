import { collectionRef, documentRef } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { createTombstone } from "../subject-requests/tombstones.ts";
import { readFreezeTargets } from "../subjects/freeze-subject.ts";

/**
 * Freezes persons of whom no conversation, lead or open request is left, for the next step to erase: who is not kept for
 * anything is not kept. Safe to repeat.
 */
export async function releasePersons(deps: Deps, tenantId: string, subjectIds: readonly string[]): Promise<void> {
  for (const subjectId of new Set(subjectIds)) await releasePerson(deps, tenantId, subjectId);
}

async function releasePerson(deps: Deps, tenantId: string, subjectId: string): Promise<void> {
  const reasons = ["conversations", "leads", "requests"] as const;
  const createdAt = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const left = await Promise.all(
      reasons.map((name) =>
        tx.get(collectionRef(deps.stores, name, { tenantId }).where("subjectId", "==", subjectId).limit(1)),
      ),
    );
    const tombstone = await tx.get(documentRef(deps.stores, "tombstones", { tenantId, tombstoneId: subjectId }));
    const targets = await readFreezeTargets(tx, deps.stores, { tenantId, subjectId });
    if (left.some((answer) => !answer.empty) || tombstone.exists || targets.state !== "active") return;
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
