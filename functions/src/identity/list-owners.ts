import type { Deps } from "../platform/deps.ts";
import { listMembers, type Member } from "./store.ts";

/** The active owners of a tenant: who is told about the account itself. */
export async function listOwners(deps: Pick<Deps, "stores">, tenantId: string): Promise<Member[]> {
  const members = await listMembers(deps.stores, tenantId);
  return members.filter(({ role, state }) => role === "owner" && state === "active");
}
