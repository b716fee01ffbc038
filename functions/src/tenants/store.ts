import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { documentRef, type Stores } from "../inventory/collections.ts";
import type { Region } from "../platform/config.ts";

/** A controller: the business whose account it is. */
export interface Tenant {
  id: string;
  region: Region;
  name: string;
  /** Its site. */
  website: string;
  /** Who answers privacy questions there. */
  privacyContact: { name: string; email: string };
  plan: string;
  /** `closing`: deletion was asked for, and the chat no longer answers. */
  status: "active" | "closing";
  /** Retention periods chosen, in days by class; a class that is absent has its default. */
  retention: Readonly<Record<string, number>>;
  createdAt: Date;
  updatedAt: Date;
}

function tenantFrom(snapshot: DocumentSnapshot): Tenant | undefined {
  const data = snapshot.data() as
    | (Omit<Tenant, "id" | "createdAt" | "updatedAt"> & {
        createdAt: { toDate(): Date };
        updatedAt: { toDate(): Date };
      })
    | undefined;
  if (data === undefined) return undefined;
  return { ...data, id: snapshot.id, createdAt: data.createdAt.toDate(), updatedAt: data.updatedAt.toDate() };
}

/** A tenant, or undefined. */
export async function findTenantRecord(
  stores: Stores,
  tenantId: string,
  tx?: Transaction,
): Promise<Tenant | undefined> {
  const ref = documentRef(stores, "tenants", { tenantId });
  return tenantFrom(tx === undefined ? await ref.get() : await tx.get(ref));
}

/** Writes a fresh tenant. */
export function createTenantRecord(tx: Transaction, stores: Stores, tenant: Tenant): void {
  const { id: tenantId, ...fields } = tenant;
  tx.create(documentRef(stores, "tenants", { tenantId }), fields);
}

/** Changes some settings of a tenant and leaves the others, which belong to other use cases. */
export function changeTenantRecord(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  change: Partial<Omit<Tenant, "id" | "region" | "createdAt">>,
): void {
  tx.update(documentRef(stores, "tenants", { tenantId }), change);
}
