import { createHmac } from "node:crypto";
import type { SealingKey } from "../crypto/envelope.ts";
import { createKey, destroyKey, exchangeKeys, keyAt } from "../crypto/keyring.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { dayMs } from "../platform/time.ts";
import { createJobInput, deleteJobInput, findJobInput } from "./store.ts";

/** Keeps what `sealScratch` made, within the transaction that makes the job. */
export const keepScratch = createJobInput;

/**
 * Seals what a job must still know once its person's key is gone, under a key of the job's own that lives 30 days at most.
 *
 * @throws AppError `key-unavailable`.
 */
export async function sealScratch(deps: Deps, tenantId: string, jobId: string, value: object): Promise<Uint8Array> {
  const place = { collection: "jobKeys", tenantId, jobId } as const;
  const key = await createKey(deps, place, endOf(deps)).catch(async (error: unknown) => {
    // A call that stopped between the key and the transaction left a key that seals nothing: use it.
    if (error instanceof AppError && error.code === "already-exists") return keyAt(deps, place);
    throw error;
  });
  return sealField(key, documentPath("jobInputs", { tenantId, jobId }), "input", JSON.stringify(value), deps.ids);
}

/** What the document of a job's key says: its end. */
function endOf({ clock }: Pick<Deps, "clock">): { expiresAt: Date } {
  return { expiresAt: new Date(clock.now().getTime() + 30 * dayMs) };
}

/**
 * The key of a job that outlives a person's key. It follows from that key and leads back to it for nobody, so that whoever
 * destroys the person's key can store this one in the same commit, also after a crash.
 */
function heirOf(dek: SealingKey, jobId: string): SealingKey {
  return { kind: "job", bytes: createHmac("sha256", dek.bytes).update(`lethe/job-key/v1/${jobId}`).digest() };
}

/**
 * Seals what a job must still know once its person's key is gone, before there is a key of the job's own: the person's
 * key opens the way to it until `destroyPersonKey` stores that one.
 */
export function sealForHeir(deps: Deps, dek: SealingKey, tenantId: string, jobId: string, value: object): Uint8Array {
  const path = documentPath("jobInputs", { tenantId, jobId });
  return sealField(heirOf(dek, jobId), path, "input", JSON.stringify(value), deps.ids);
}

/**
 * Destroys a person's key in one commit, which also stores the key of what `sealForHeir` sealed. Safe to repeat.
 *
 * @param dek - the person's key; undefined when it is gone already.
 * @param hasInput - whether the job must still know something.
 * @throws AppError `key-unavailable`: nothing is destroyed then.
 */
export async function destroyPersonKey(
  deps: Deps,
  person: { tenantId: string; subjectId: string; jobId: string },
  dek: SealingKey | undefined,
  hasInput: boolean,
): Promise<void> {
  const { tenantId, subjectId, jobId } = person;
  const goes = { collection: "deks", tenantId, subjectId } as const;
  if (dek === undefined || !hasInput) return destroyKey(deps, goes);
  const place = { collection: "jobKeys", tenantId, jobId } as const;
  await exchangeKeys(deps, goes, { place, bytes: heirOf(dek, jobId).bytes, fields: endOf(deps) });
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
