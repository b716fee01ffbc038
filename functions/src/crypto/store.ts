import { type DocumentSnapshot, FieldPath, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import { AppError, grpcCode } from "../platform/errors.ts";
import type { TenantKeyPurpose } from "./tenant-keys.ts";

const alreadyExists = 6;

/** One key of a tenant, wrapped by Cloud KMS. */
export interface WrappedTenantKey {
  purpose: TenantKeyPurpose;
  version: number;
  wrapped: Uint8Array;
  /** Full name of the Cloud KMS version that wrapped it. */
  kekVersion: string;
  createdAt: Date;
  /** The rotation that made it; absent for the first. */
  jobId?: string;
}

export interface TenantKeyRecord {
  keys: WrappedTenantKey[];
}

/** A key of a person, of kept evidence or of a job, wrapped under a tenant key. */
export interface WrappedKey {
  wrapped: Uint8Array;
  tenantKeyVersion: number;
  createdAt: Date;
}

export type WrappedKeyPlace =
  | { collection: "deks"; tenantId: string; subjectId: string }
  | { collection: "jobKeys"; tenantId: string; jobId: string }
  | { collection: "evidence"; tenantId: string; itemId: string };

function placeRef(stores: Stores, place: WrappedKeyPlace) {
  if (place.collection === "deks") return documentRef(stores, "deks", place);
  if (place.collection === "jobKeys") return documentRef(stores, "jobKeys", place);
  return documentRef(stores, "evidence", place);
}

function tenantKeyRecordFrom(snapshot: DocumentSnapshot): TenantKeyRecord | undefined {
  const data = snapshot.data() as
    | { keys: (Omit<WrappedTenantKey, "createdAt"> & { createdAt: { toDate(): Date } })[] }
    | undefined;
  if (data === undefined) return undefined;
  return { keys: data.keys.map((key) => ({ ...key, createdAt: key.createdAt.toDate() })) };
}

/** The tenant's wrapped keys, or undefined for a tenant without any. */
export async function findTenantKeyRecord(stores: Stores, tenantId: string): Promise<TenantKeyRecord | undefined> {
  return tenantKeyRecordFrom(await documentRef(stores, "tenantKeys", { tenantId }).get());
}

/** Stores the keys of a new tenant. @throws AppError `already-exists` when it has keys. */
export async function createTenantKeyRecord(stores: Stores, tenantId: string, record: TenantKeyRecord): Promise<void> {
  try {
    await documentRef(stores, "tenantKeys", { tenantId }).create(record);
  } catch (error) {
    if (grpcCode(error) !== alreadyExists) throw error;
    throw new AppError("already-exists", `tenant ${tenantId} has keys`, { cause: error });
  }
}

/** Replaces the tenant's wrapped keys by what `change` makes of them, in one transaction. */
export async function changeTenantKeyRecord(
  stores: Stores,
  tenantId: string,
  change: (record: TenantKeyRecord) => TenantKeyRecord,
): Promise<void> {
  const ref = documentRef(stores, "tenantKeys", { tenantId });
  await stores.keys.runTransaction(async (tx: Transaction) => {
    const record = tenantKeyRecordFrom(await tx.get(ref));
    if (record === undefined) throw new AppError("tenant-closed", `tenant ${tenantId} has no keys`);
    tx.set(ref, change(record));
  });
}

/** Stores a wrapped key at its place. @throws AppError `already-exists` when there is one: a key is never replaced. */
export async function createWrappedKey(
  stores: Stores,
  place: WrappedKeyPlace,
  key: WrappedKey,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  try {
    await placeRef(stores, place).create({ ...fields, ...key });
  } catch (error) {
    if (grpcCode(error) !== alreadyExists) throw error;
    throw new AppError("already-exists", `a key of ${place.collection} exists at its place`, { cause: error });
  }
}

/** The wrapped key at a place, or undefined: it was never made, or was destroyed. */
export async function findWrappedKey(stores: Stores, place: WrappedKeyPlace): Promise<WrappedKey | undefined> {
  const snapshot = await placeRef(stores, place).get();
  const data = snapshot.data() as
    | { wrapped: Uint8Array; tenantKeyVersion: number; createdAt: { toDate(): Date } }
    | undefined;
  return data === undefined
    ? undefined
    : { wrapped: data.wrapped, tenantKeyVersion: data.tenantKeyVersion, createdAt: data.createdAt.toDate() };
}

/** Replaces a wrapped key by the same key under another tenant key, unless it is gone by now. */
export async function rewrapKey(
  stores: Stores,
  place: WrappedKeyPlace,
  rewrap: (key: WrappedKey) => WrappedKey,
): Promise<void> {
  const ref = placeRef(stores, place);
  await stores.keys.runTransaction(async (tx: Transaction) => {
    const data = (await tx.get(ref)).data() as WrappedKey | undefined;
    if (data !== undefined) tx.update(ref, { ...rewrap(data) });
  });
}

/** Deletes a wrapped key; an absent one is no error. What it sealed cannot be opened from here on. */
export async function deleteWrappedKey(stores: Stores, place: WrappedKeyPlace): Promise<void> {
  await placeRef(stores, place).delete();
}

/** Deletes a wrapped key and stores another in one commit; one that is stored already is left as it is. */
export async function exchangeWrappedKeys(
  stores: Stores,
  goes: WrappedKeyPlace,
  comes: { place: WrappedKeyPlace; key: WrappedKey; fields: Readonly<Record<string, unknown>> },
): Promise<void> {
  const batch = stores.keys.batch();
  batch.create(placeRef(stores, comes.place), { ...comes.fields, ...comes.key });
  batch.delete(placeRef(stores, goes));
  try {
    await batch.commit();
  } catch (error) {
    if (grpcCode(error) !== alreadyExists) throw error;
    await deleteWrappedKey(stores, goes);
  }
}

/** A wrapped key's place and the version of the tenant key that wraps it, for a page of a collection by id. */
export async function listWrappedKeys(
  stores: Stores,
  tenantId: string,
  collection: WrappedKeyPlace["collection"],
  after: string,
  limit: number,
): Promise<{ id: string; place: WrappedKeyPlace; tenantKeyVersion: number }[]> {
  const ordered = collectionRef(stores, collection, { tenantId }).orderBy(FieldPath.documentId()).limit(limit);
  const { docs } = await (after === "" ? ordered : ordered.startAfter(after)).select("tenantKeyVersion").get();
  return docs.map((snapshot) => ({
    id: snapshot.id,
    place: placeOf(collection, tenantId, snapshot.id),
    tenantKeyVersion: snapshot.get("tenantKeyVersion") as number,
  }));
}

/** Ids of a tenant's evidence keys whose end has come. */
export async function listEndedKeys(stores: Stores, tenantId: string, now: Date): Promise<string[]> {
  const ended = collectionRef(stores, "evidence", { tenantId }).where("endsAt", "<=", now).select();
  return (await ended.get()).docs.map(({ id }) => id);
}

/** How many keys of a collection are wrapped by a tenant key older than a version. */
export async function countKeysBefore(
  stores: Stores,
  tenantId: string,
  collection: WrappedKeyPlace["collection"],
  version: number,
): Promise<number> {
  const older = collectionRef(stores, collection, { tenantId }).where("tenantKeyVersion", "<", version);
  return (await older.count().get()).data().count;
}

function placeOf(collection: WrappedKeyPlace["collection"], tenantId: string, id: string): WrappedKeyPlace {
  if (collection === "deks") return { collection, tenantId, subjectId: id };
  return collection === "jobKeys" ? { collection, tenantId, jobId: id } : { collection, tenantId, itemId: id };
}
