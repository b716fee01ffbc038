import { dekOf, destroyKey } from "../crypto/keyring.ts";
import type { CollectionName } from "../inventory/inventory.ts";
import {
  collectionsInScope,
  countRecords,
  deleteScope,
  pageOfRecords,
  personalCollections,
  type RecordScope,
} from "../inventory/subject-records.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { erasureScopeShape, recordScopeOf } from "./erasure/scope.ts";
import { type Hold, holdsAgainst, isHeld } from "./held-items.ts";
import { closeHold, readHold } from "./holds/store.ts";
import { destroyEvidence, resealPage, sealedByDek } from "./reseal-held.ts";

/** What a tombstone says of an act that is done again. */
export interface ErasedBefore {
  tenantId: string;
  kind: string;
  targets: Readonly<Record<string, string>>;
  createdAt: Date;
}

/**
 * Deletes again what one tombstone names, as the erasure did: what holds keep is sealed under keys of its own, then the
 * person's key goes, then the records that no hold keeps. Safe to repeat.
 *
 * @returns how many records there were.
 * @throws AppError `key-unavailable`: held items could not be resealed, and nothing is destroyed.
 */
export async function eraseAgain(deps: Deps, tombstone: ErasedBefore): Promise<number> {
  const { tenantId } = tombstone;
  const { scope, subjectId, isPerson } = scopeOf(tombstone);
  const subject = { tenantId, subjectId };
  await endFollowed(deps, tombstone);
  const holds = await holdsAt(deps, tombstone, subjectId);
  if (isPerson) {
    await resealAll(deps, subject, holds);
    await destroyKey(deps, { collection: "deks", tenantId, subjectId });
    await destroyEvidence(deps, subject, holds);
  }
  return deleteScope(deps.stores, deletedIn(scope), scope, { isKept: (path) => isHeld(holds, path) });
}

/** What `eraseAgain` would delete, by collection, the key among it; a collection without any is absent. */
export async function countToErase(
  deps: Deps,
  tombstone: ErasedBefore,
): Promise<Partial<Record<CollectionName, number>>> {
  const { scope, subjectId, isPerson } = scopeOf(tombstone);
  const holds = await holdsAt(deps, tombstone, subjectId);
  const counts: Partial<Record<CollectionName, number>> = {};
  for (const entry of deletedIn(scope)) {
    let after: string | undefined;
    do {
      const page = await pageOfRecords(deps.stores, entry, scope, { after, limit: 500, idsOnly: true });
      const due = page.records.filter(({ path }) => !isHeld(holds, path)).length;
      if (due > 0) counts[entry.name] = (counts[entry.name] ?? 0) + due;
      after = page.after;
    } while (after !== undefined);
  }
  const keys = personalCollections.find(({ name }) => name === "deks");
  const keyCount = isPerson && keys !== undefined ? await countRecords(deps.stores, keys, scope) : 0;
  return keyCount === 0 ? counts : { ...counts, deks: keyCount };
}

/** The holds that the erasure passed over, as far as the databases know them; the one whose end it followed is over. */
async function holdsAt(deps: Deps, { tenantId, kind, targets, createdAt }: ErasedBefore, subjectId: string) {
  const askedAt = kind === "erasure" && targets.holdId === undefined ? createdAt : undefined;
  const holds = await holdsAgainst(deps.stores, { tenantId, subjectId }, { askedAt, now: deps.clock.now() });
  return holds.filter(({ id }) => id !== targets.holdId);
}

/** Ends the hold whose end an erasure followed, where a restore brought it back. */
async function endFollowed(deps: Deps, { tenantId, targets }: ErasedBefore): Promise<void> {
  const { holdId } = targets;
  if (holdId === undefined) return;
  const key = { tenantId, holdId };
  await deps.stores.data.runTransaction(async (tx) => {
    const hold = await readHold(tx, deps.stores, key);
    if (hold?.state === "active") closeHold(tx, deps.stores, key, "ended", deps.clock.now());
  });
}

/** Without the person's key nothing can be resealed: a backup of the keys from after the erasure holds the items' own. */
async function resealAll(
  deps: Deps,
  subject: { tenantId: string; subjectId: string },
  holds: readonly Hold[],
): Promise<void> {
  if (holds.length === 0) return;
  const dek = await dekOf(deps, subject).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased") return undefined;
    throw error;
  });
  if (dek === undefined) return;
  for (const entry of sealedByDek) {
    let after: string | undefined;
    do ({ after } = await resealPage(deps, entry, subject, { holds, dek }, { after, limit: 200 }));
    while (after !== undefined);
  }
}

function deletedIn(scope: RecordScope) {
  return collectionsInScope(scope).filter(({ erasure }) => erasure.action === "delete");
}

function scopeOf({ tenantId, targets }: ErasedBefore) {
  const { scope: kind, subjectId, conversationId, leadId } = targets;
  const scope = erasureScopeShape.parse({
    kind: kind ?? "person",
    subjectId,
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(leadId === undefined ? {} : { leadId }),
  });
  return { scope: recordScopeOf(tenantId, scope), subjectId: scope.subjectId, isPerson: scope.kind === "person" };
}
