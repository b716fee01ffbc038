import type { SealingKey } from "../crypto/envelope.ts";
import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import { subjectTag } from "./append-entry.ts";
import { decodeLeaf, type Leaf } from "./leaf.ts";
import { listEntriesByTag } from "./store.ts";

/**
 * A person's audit entries, oldest first: found by a tag that only the person's key makes.
 *
 * @param dek - the person's key; once it is destroyed nobody can ask.
 */
export async function listPersonEntries(
  deps: CryptoDeps,
  tenantId: string,
  dek: SealingKey,
): Promise<{ leaf: Leaf }[]> {
  const leaves = await listEntriesByTag(deps.stores, tenantId, subjectTag(dek));
  return leaves
    .map((bytes) => ({ leaf: decodeLeaf(bytes) }))
    .sort((a, b) => a.leaf.occurredAt.getTime() - b.leaf.occurredAt.getTime());
}
