import { type DocumentSnapshot, FieldPath, FieldValue, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { PagePlace } from "../platform/page-cursor.ts";
import type { Lead, LeadTexts } from "./lead.ts";

/** A lead as stored: its texts are envelopes. */
export interface StoredLead extends Lead {
  sealed: Readonly<Partial<Record<keyof LeadTexts, Uint8Array>>>;
}

interface LeadKey {
  tenantId: string;
  leadId: string;
}

function leadFrom(tenantId: string, snapshot: DocumentSnapshot): StoredLead | undefined {
  const data = snapshot.data() as
    | (Omit<Lead, "id" | "tenantId" | "createdAt"> & StoredLead["sealed"] & { createdAt: { toDate(): Date } })
    | undefined;
  if (data === undefined) return undefined;
  const { name, email, phone, message, createdAt, ...fields } = data;
  const sealed = {
    ...(name && { name }),
    ...(email && { email }),
    ...(phone && { phone }),
    ...(message && { message }),
  };
  return { ...fields, id: snapshot.id, tenantId, createdAt: createdAt.toDate(), sealed };
}

/** A lead within a transaction, or undefined. */
export async function readLead(tx: Transaction, stores: Stores, key: LeadKey): Promise<StoredLead | undefined> {
  return leadFrom(key.tenantId, await tx.get(documentRef(stores, "leads", key)));
}

/** A lead, or undefined. */
export async function findLead(stores: Stores, key: LeadKey): Promise<StoredLead | undefined> {
  return leadFrom(key.tenantId, await documentRef(stores, "leads", { ...key }).get());
}

/** Stores a new lead. */
export function createLeadRecord(tx: Transaction, stores: Stores, lead: StoredLead): void {
  const { id: leadId, tenantId, sealed, ...fields } = lead;
  tx.create(documentRef(stores, "leads", { tenantId, leadId }), { ...fields, ...sealed });
}

/** Leads of a tenant, newest first. */
export async function pageOfLeads(
  stores: Stores,
  tenantId: string,
  limit: number,
  after?: PagePlace,
): Promise<StoredLead[]> {
  const leads = collectionRef(stores, "leads", { tenantId });
  const newest = leads.orderBy("createdAt", "desc").orderBy(FieldPath.documentId(), "desc").limit(limit);
  const page = after === undefined ? newest : newest.startAfter(after.time, after.id);
  return (await page.get()).docs.flatMap((snapshot) => leadFrom(tenantId, snapshot) ?? []);
}

/** Leads of one person, at most 100. */
export async function leadsOfSubject(stores: Stores, tenantId: string, subjectId: string): Promise<StoredLead[]> {
  const { docs } = await collectionRef(stores, "leads", { tenantId })
    .where("subjectId", "==", subjectId)
    .limit(100)
    .get();
  return docs.flatMap((snapshot) => leadFrom(tenantId, snapshot) ?? []);
}

/** Leads of one person within a transaction, at most 400. */
export async function readLeadsOfSubject(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  subjectId: string,
): Promise<StoredLead[]> {
  const own = collectionRef(stores, "leads", { tenantId }).where("subjectId", "==", subjectId).limit(400);
  return (await tx.get(own)).docs.flatMap((snapshot) => leadFrom(tenantId, snapshot) ?? []);
}

/** Replaces sealed texts of a lead; an undefined one is removed. */
export function changeLeadTexts(
  tx: Transaction,
  stores: Stores,
  key: LeadKey,
  sealed: Readonly<Partial<Record<keyof LeadTexts, Uint8Array | undefined>>>,
): void {
  const fields = Object.entries(sealed).map(([name, envelope]) => [name, envelope ?? FieldValue.delete()]);
  tx.update(documentRef(stores, "leads", { ...key }), Object.fromEntries(fields));
}

/** Notes that somebody has taken care of a lead, or not yet. */
export function changeLeadRecord(tx: Transaction, stores: Stores, key: LeadKey, state: Lead["state"]): void {
  tx.update(documentRef(stores, "leads", { ...key }), { state });
}
