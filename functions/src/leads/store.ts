import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
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

/** Stores a new lead. */
export function createLeadRecord(tx: Transaction, stores: Stores, lead: StoredLead): void {
  const { id: leadId, tenantId, sealed, ...fields } = lead;
  tx.create(documentRef(stores, "leads", { tenantId, leadId }), { ...fields, ...sealed });
}

/** Leads of a tenant left before a time, newest first. */
export async function listLeadRecords(
  stores: Stores,
  tenantId: string,
  before: Date,
  limit: number,
): Promise<StoredLead[]> {
  const leads = collectionRef(stores, "leads", { tenantId }).where("createdAt", "<", before);
  const { docs } = await leads.orderBy("createdAt", "desc").limit(limit).get();
  return docs.flatMap((snapshot) => leadFrom(tenantId, snapshot) ?? []);
}
