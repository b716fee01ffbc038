import { destroyKey } from "../crypto/keyring.ts";
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
import { erasureScopeShape, recordScopeOf } from "./erasure/scope.ts";
import { holdsInForce, isHeld } from "./held-items.ts";

/**
 * Deletes again what one tombstone names: the key of a person, then the records that no hold keeps. Safe to repeat.
 *
 * @returns how many records there were.
 */
export async function eraseAgain(
  deps: Deps,
  tenantId: string,
  targets: Readonly<Record<string, string>>,
): Promise<number> {
  const { scope, subjectId, isPerson } = scopeOf(tenantId, targets);
  if (isPerson) await destroyKey(deps, { collection: "deks", tenantId, subjectId });
  const holds = await holdsInForce(deps.stores, { tenantId, subjectId }, deps.clock.now());
  return deleteScope(deps.stores, deletedIn(scope), scope, (path) => isHeld(holds, path));
}

/** What `eraseAgain` would delete, by collection, the key among it; a collection without any is absent. */
export async function countToErase(
  deps: Deps,
  tenantId: string,
  targets: Readonly<Record<string, string>>,
): Promise<Partial<Record<CollectionName, number>>> {
  const { scope, subjectId, isPerson } = scopeOf(tenantId, targets);
  const holds = await holdsInForce(deps.stores, { tenantId, subjectId }, deps.clock.now());
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

function deletedIn(scope: RecordScope) {
  return collectionsInScope(scope).filter(({ erasure }) => erasure.action === "delete");
}

function scopeOf(tenantId: string, targets: Readonly<Record<string, string>>) {
  const { scope: kind, subjectId, conversationId, leadId } = targets;
  const scope = erasureScopeShape.parse({
    kind: kind ?? "person",
    subjectId,
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(leadId === undefined ? {} : { leadId }),
  });
  return { scope: recordScopeOf(tenantId, scope), subjectId: scope.subjectId, isPerson: scope.kind === "person" };
}
