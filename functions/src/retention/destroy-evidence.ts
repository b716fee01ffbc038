import { destroyKey } from "../crypto/keyring.ts";
import type { Deps } from "../platform/deps.ts";

/**
 * Destroys the keys of kept items that are about to be purged, since their hold is over. Call before the purge: a key
 * goes before what it sealed. Safe to repeat.
 */
export async function destroyEvidenceKeys(
  deps: Deps,
  tenantId: string,
  due: readonly { data: Readonly<Record<string, unknown>> }[],
): Promise<void> {
  for (const { data } of due)
    if (typeof data.evidenceId === "string")
      await destroyKey(deps, { collection: "evidence", tenantId, itemId: data.evidenceId });
}
