import type { Stores } from "../inventory/collections.ts";
import { findTenantRecord, type Tenant } from "./store.ts";

export type { Tenant } from "./store.ts";

/** The controller whose account it is, or undefined for an id without an account. */
export function findTenant(stores: Stores, tenantId: string): Promise<Tenant | undefined> {
  return findTenantRecord(stores, tenantId);
}
