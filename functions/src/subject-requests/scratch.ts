import { createKey, destroyKey, keyAt } from "../crypto/keyring.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { createJobInput, deleteJobInput, findJobInput } from "./store.ts";

const dayMs = 86_400_000;

/** Keeps what `sealScratch` made, within the transaction that makes the job. */
export const keepScratch = createJobInput;

/**
 * Seals what a job must still know once its person's key is gone, under a key of the job's own that lives 30 days at most.
 *
 * @throws AppError `key-unavailable`.
 */
export async function sealScratch(deps: Deps, tenantId: string, jobId: string, value: object): Promise<Uint8Array> {
  const place = { collection: "jobKeys", tenantId, jobId } as const;
  const expiresAt = new Date(deps.clock.now().getTime() + 30 * dayMs);
  const key = await createKey(deps, place, { expiresAt }).catch(async (error: unknown) => {
    // A call that stopped between the key and the transaction left a key that seals nothing: use it.
    if (error instanceof AppError && error.code === "already-exists") return keyAt(deps, place);
    throw error;
  });
  return sealField(key, documentPath("jobInputs", { tenantId, jobId }), "input", JSON.stringify(value), deps.ids);
}

/**
 * What a job still knows.
 *
 * @returns undefined when it never knew anything, or has forgotten it.
 * @throws AppError `key-unavailable`.
 */
export async function readScratch(deps: Deps, tenantId: string, jobId: string): Promise<unknown> {
  const sealed = await findJobInput(deps.stores, tenantId, jobId);
  if (sealed === undefined) return undefined;
  const key = await keyAt(deps, { collection: "jobKeys", tenantId, jobId });
  return JSON.parse(openField(key, documentPath("jobInputs", { tenantId, jobId }), "input", sealed));
}

/** Destroys a job's key and what it sealed; safe to repeat. */
export async function forgetScratch(deps: Deps, tenantId: string, jobId: string): Promise<void> {
  await destroyKey(deps, { collection: "jobKeys", tenantId, jobId });
  await deleteJobInput(deps.stores, tenantId, jobId);
}
