import { destroyKey } from "../crypto/keyring.ts";
import { collectionsInScope, deleteScope } from "../inventory/subject-records.ts";
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
  const { scope: kind, subjectId, conversationId, leadId } = targets;
  const scope = erasureScopeShape.parse({
    kind: kind ?? "person",
    subjectId,
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(leadId === undefined ? {} : { leadId }),
  });
  const recordScope = recordScopeOf(tenantId, scope);
  if (scope.kind === "person") await destroyKey(deps, { collection: "deks", tenantId, subjectId: scope.subjectId });
  const holds = await holdsInForce(deps.stores, { tenantId, subjectId: scope.subjectId }, deps.clock.now());
  const entries = collectionsInScope(recordScope).filter(({ erasure }) => erasure.action === "delete");
  return deleteScope(deps.stores, entries, recordScope, (path) => isHeld(holds, path));
}
