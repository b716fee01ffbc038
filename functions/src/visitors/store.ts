import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import { type IdentityKey, identityKeyLimit } from "./identity-key.ts";

type Stored = Omit<IdentityKey, "keyId" | "tenantId" | "createdAt"> & { createdAt: { toDate(): Date } };

function keyFrom(tenantId: string, snapshot: DocumentSnapshot): IdentityKey | undefined {
  const data = snapshot.data() as Stored | undefined;
  return data === undefined ? undefined : { ...data, createdAt: data.createdAt.toDate(), keyId: snapshot.id, tenantId };
}

/** Identity keys of a tenant, in no order. */
export async function listIdentityKeyRecords(stores: Stores, tenantId: string): Promise<IdentityKey[]> {
  const { docs } = await collectionRef(stores, "identityKeys", { tenantId }).limit(identityKeyLimit).get();
  return docs.flatMap((snapshot) => keyFrom(tenantId, snapshot) ?? []);
}

/** The same within a transaction. */
export async function readIdentityKeys(tx: Transaction, stores: Stores, tenantId: string): Promise<IdentityKey[]> {
  const { docs } = await tx.get(collectionRef(stores, "identityKeys", { tenantId }).limit(identityKeyLimit));
  return docs.flatMap((snapshot) => keyFrom(tenantId, snapshot) ?? []);
}

/** Stores a key. */
export function createIdentityKeyRecord(tx: Transaction, stores: Stores, key: IdentityKey): void {
  const { keyId, tenantId, ...fields } = key;
  tx.create(documentRef(stores, "identityKeys", { tenantId, keyId }), fields);
}

/** Deletes a key. */
export function deleteIdentityKeyRecord(tx: Transaction, stores: Stores, tenantId: string, keyId: string): void {
  tx.delete(documentRef(stores, "identityKeys", { tenantId, keyId }));
}

/** The call that used a token, or undefined for an unused one. */
export async function readTokenUse(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  useId: string,
): Promise<string | undefined> {
  const snapshot = await tx.get(documentRef(stores, "identityUses", { tenantId, useId }));
  return snapshot.get("callId") as string | undefined;
}

/** Records which call used a token. */
export function createTokenUse(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  use: { useId: string; callId: string; usedAt: Date },
): void {
  const { useId, ...fields } = use;
  tx.create(documentRef(stores, "identityUses", { tenantId, useId }), fields);
}
