import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import type { ClosureRequest } from "../closure/closure.ts";
import { documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp, Stored } from "../inventory/stored.ts";
import { notesFrom } from "../mail/letter-note.ts";
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
  /** While `closing`: when, and how far it is. */
  closure?: ClosureRequest;
  /** The customer at Stripe, once there is one. */
  stripeCustomerId?: string;
  createdAt: Date;
  updatedAt: Date;
}

function closureFrom(stored: Stored<ClosureRequest>): ClosureRequest {
  const { waivedAt, startedAt } = stored;
  return {
    id: stored.id,
    requestedAt: stored.requestedAt.toDate(),
    requestedBy: stored.requestedBy,
    closesAt: stored.closesAt.toDate(),
    goneBy: stored.goneBy.toDate(),
    ...(waivedAt && { waivedAt: waivedAt.toDate() }),
    ...(startedAt && { startedAt: startedAt.toDate() }),
    reminders: notesFrom(stored.reminders),
  };
}

function tenantFrom(snapshot: DocumentSnapshot): Tenant | undefined {
  const data = snapshot.data() as
    | (Omit<Tenant, "id" | "createdAt" | "updatedAt" | "closure"> & {
        createdAt: Stamp;
        updatedAt: Stamp;
        closure?: Stored<ClosureRequest> | null;
      })
    | undefined;
  if (data === undefined) return undefined;
  const { closure, ...fields } = data;
  return {
    ...fields,
    id: snapshot.id,
    ...(closure && { closure: closureFrom(closure) }),
    createdAt: data.createdAt.toDate(),
    updatedAt: data.updatedAt.toDate(),
  };
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
  change: Partial<Omit<Tenant, "id" | "region" | "createdAt" | "closure"> & { closure: ClosureRequest | null }>,
): void {
  tx.update(documentRef(stores, "tenants", { tenantId }), change);
}
