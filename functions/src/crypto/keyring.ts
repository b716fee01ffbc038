import { AppError } from "../platform/errors.ts";
import type { KeyName } from "./aad.ts";
import { type KeyKind, type SealingKey, unwrapKey, wrapKey } from "./envelope.ts";
import {
  createWrappedKey,
  deleteWrappedKey,
  exchangeWrappedKeys,
  findWrappedKey,
  listEndedKeys,
  type WrappedKey,
  type WrappedKeyPlace,
} from "./store.ts";
import { type CryptoDeps, tenantKey, tenantKeyOfVersion } from "./tenant-keys.ts";

const kinds = { deks: "dek", jobKeys: "job", evidence: "evidence" } as const satisfies Record<
  WrappedKeyPlace["collection"],
  KeyKind
>;

function idOf(place: WrappedKeyPlace): string {
  if (place.collection === "deks") return place.subjectId;
  return place.collection === "jobKeys" ? place.jobId : place.itemId;
}

/** The name under which a key is wrapped: it unwraps as this key of this tenant only. */
export function keyNameOf(place: WrappedKeyPlace): KeyName {
  return { tenantId: place.tenantId, purpose: kinds[place.collection], id: idOf(place) };
}

/** A name of a key's place that no other has. */
export function slotOf(place: WrappedKeyPlace): string {
  return `${place.collection}/${place.tenantId}/${idOf(place)}`;
}

/**
 * Makes and stores the key of a person, a job or a kept item, before anything is sealed with it.
 *
 * @param fields - what else the key's document says, such as `subjectId`, basis and end of evidence.
 * @throws AppError `already-exists`: a key is never replaced. `key-unavailable` when Cloud KMS cannot be used.
 */
export async function createKey(
  deps: CryptoDeps,
  place: WrappedKeyPlace,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<SealingKey> {
  const bytes = deps.ids.bytes(32);
  await createWrappedKey(deps.stores, place, await wrapped(deps, place, bytes), fields);
  return { kind: kinds[place.collection], bytes };
}

async function wrapped(deps: CryptoDeps, place: WrappedKeyPlace, bytes: Uint8Array): Promise<WrappedKey> {
  const wrapping = await tenantKey(deps, place.tenantId, "tenant");
  const key = wrapKey({ kind: "tenant", bytes: wrapping.bytes }, keyNameOf(place), bytes, deps.ids);
  return { wrapped: key, tenantKeyVersion: wrapping.version, createdAt: deps.clock.now() };
}

/**
 * The key of a person, a job or a kept item; kept in memory for at most five minutes.
 *
 * @throws AppError `subject-erased` when there is none: a missing key is never a reason to make one.
 * `key-unavailable` when Cloud KMS cannot be used: nothing is lost, try again.
 */
export async function keyAt(deps: CryptoDeps, place: WrappedKeyPlace): Promise<SealingKey> {
  return deps.keyCache.remember(slotOf(place), async () => {
    const stored = await findWrappedKey(deps.stores, place);
    if (stored === undefined) throw new AppError("subject-erased", `no key for ${place.collection} ${idOf(place)}`);
    const wrapping = await tenantKeyOfVersion(deps, place.tenantId, "tenant", stored.tenantKeyVersion);
    const bytes = unwrapKey({ kind: "tenant", bytes: wrapping.bytes }, keyNameOf(place), stored.wrapped);
    return { kind: kinds[place.collection], bytes };
  });
}

/** The DEK of a data subject. @throws AppError `subject-erased` or `key-unavailable`, as `keyAt` does. */
export function dekOf(deps: CryptoDeps, subject: { tenantId: string; subjectId: string }): Promise<SealingKey> {
  return keyAt(deps, { collection: "deks", tenantId: subject.tenantId, subjectId: subject.subjectId });
}

/**
 * Destroys a wrapped key and forgets the unwrapped one in this instance; others forget theirs within five minutes.
 * For a DEK this is the cryptographic erasure: ciphertext anywhere can no longer be opened once the keys' backups are gone.
 * Safe to repeat.
 */
export async function destroyKey(deps: CryptoDeps, place: WrappedKeyPlace): Promise<void> {
  await deleteWrappedKey(deps.stores, place);
  deps.keyCache.forget(slotOf(place));
}

/**
 * Destroys a wrapped key as `destroyKey` does and stores another in the same commit, so that the first is not kept waiting
 * for the second. Safe to repeat with the same bytes: a key that is stored is left as it is.
 *
 * @param comes - the key that outlives it, and what else its document says.
 * @throws AppError `key-unavailable` when Cloud KMS cannot be used: nothing is destroyed then.
 */
export async function exchangeKeys(
  deps: CryptoDeps,
  goes: WrappedKeyPlace,
  comes: { place: WrappedKeyPlace; bytes: Uint8Array; fields: Readonly<Record<string, unknown>> },
): Promise<void> {
  const key = await wrapped(deps, comes.place, comes.bytes);
  await exchangeWrappedKeys(deps.stores, goes, { place: comes.place, key, fields: comes.fields });
  deps.keyCache.forget(slotOf(goes));
}

/** Ids of a tenant's evidence keys whose end has come. @param now - as the earlier of two clocks sees it. */
export function listEndedEvidence(deps: CryptoDeps, tenantId: string, now: Date): Promise<string[]> {
  return listEndedKeys(deps.stores, tenantId, now);
}
