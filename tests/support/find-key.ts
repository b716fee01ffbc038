import { findWrappedKey, type WrappedKey } from "../../functions/src/crypto/store.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";

/** A person's wrapped key as it is stored at this moment, or undefined. */
export function findKey(deps: Deps, tenantId: string, subjectId: string): Promise<WrappedKey | undefined> {
  return findWrappedKey(deps.stores, { collection: "deks", tenantId, subjectId });
}
