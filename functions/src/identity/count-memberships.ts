import type { Deps } from "../platform/deps.ts";
import { listMemberships } from "./memberships.ts";

/** How many accounts the directory places in a tenant. */
export async function countMembershipsOf(deps: Pick<Deps, "stores">, tenantId: string): Promise<number> {
  return (await listMemberships(deps.stores, tenantId)).length;
}
