import { type DocumentSnapshot, FieldValue, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";

/** One export: whom it holds, where its file is, until when. */
export interface Export {
  id: string;
  tenantId: string;
  scope: "person" | "account";
  /** The person it holds; absent for a whole account. */
  subjectId?: string;
  format: "json" | "bag";
  state: "building" | "ready" | "withdrawn" | "expired" | "failed";
  jobId: string;
  createdAt: Date;
  /** When the file goes by itself. */
  expiresAt: Date;
  sizeBytes?: number;
  /** The audit entry that holds the digest of the signed manifest; there once it is signed. */
  leaf?: Uint8Array;
}

function exportFrom(tenantId: string, snapshot: DocumentSnapshot): Export | undefined {
  const data = snapshot.data() as
    | (Omit<Export, "id" | "tenantId" | "createdAt" | "expiresAt"> & { createdAt: Stamp; expiresAt: Stamp })
    | undefined;
  if (data === undefined) return undefined;
  return { ...data, id: snapshot.id, tenantId, createdAt: data.createdAt.toDate(), expiresAt: data.expiresAt.toDate() };
}

/** Records an export within the transaction of its request. */
export function createExport(tx: Transaction, stores: Stores, entry: Export): void {
  const { id, tenantId, ...fields } = entry;
  tx.create(documentRef(stores, "exports", { tenantId, exportId: id }), fields);
}

/** An export, or undefined. */
export async function findExport(stores: Stores, tenantId: string, exportId: string): Promise<Export | undefined> {
  return exportFrom(tenantId, await documentRef(stores, "exports", { tenantId, exportId }).get());
}

/** An export within a transaction, or undefined. */
export async function findExportIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  exportId: string,
): Promise<Export | undefined> {
  return exportFrom(tenantId, await tx.get(documentRef(stores, "exports", { tenantId, exportId })));
}

/** Changes an export within a transaction. */
export function updateExport(
  tx: Transaction,
  stores: Stores,
  entry: Pick<Export, "id" | "tenantId">,
  fields: Partial<Pick<Export, "state" | "sizeBytes" | "expiresAt" | "leaf">>,
): void {
  tx.update(documentRef(stores, "exports", { tenantId: entry.tenantId, exportId: entry.id }), { ...fields });
}

/** Marks an export as failed within a transaction: what was signed of it is signed no more. */
export function failExport(tx: Transaction, stores: Stores, { id, tenantId }: Pick<Export, "id" | "tenantId">): void {
  const ref = documentRef(stores, "exports", { tenantId, exportId: id });
  tx.update(ref, { state: "failed", leaf: FieldValue.delete() });
}

/** Exports of the tenant, newest first. */
export async function listExports(stores: Stores, tenantId: string, limit: number, before?: Date): Promise<Export[]> {
  const newest = collectionRef(stores, "exports", { tenantId }).orderBy("createdAt", "desc").limit(limit);
  const { docs } = await (before === undefined ? newest : newest.startAfter(before)).get();
  return docs.flatMap((snapshot) => exportFrom(tenantId, snapshot) ?? []);
}

/** Exports that hold the whole account and can still be fetched or are being made. */
export async function listAccountExports(stores: Stores, tenantId: string): Promise<Export[]> {
  const { docs } = await collectionRef(stores, "exports", { tenantId })
    .where("scope", "==", "account")
    .where("state", "in", ["building", "ready"])
    .get();
  return docs.flatMap((snapshot) => exportFrom(tenantId, snapshot) ?? []);
}

/** A person's exports that can still be fetched or are being made. */
export async function listExportsOfPerson(stores: Stores, tenantId: string, subjectId: string): Promise<Export[]> {
  const { docs } = await collectionRef(stores, "exports", { tenantId })
    .where("subjectId", "==", subjectId)
    .where("state", "in", ["building", "ready"])
    .get();
  return docs.flatMap((snapshot) => exportFrom(tenantId, snapshot) ?? []);
}
