import { destroyKey } from "../../crypto/keyring.ts";
import type { Deps } from "../../platform/deps.ts";
import { deleteJobInput } from "../store.ts";

/** Destroys an erasure job's key and what it sealed: from here on nobody knows whom to write to. Safe to repeat. */
export async function forgetErasureInput(deps: Deps, tenantId: string, jobId: string): Promise<void> {
  await destroyKey(deps, { collection: "jobKeys", tenantId, jobId });
  await deleteJobInput(deps.stores, tenantId, jobId);
}
