import type { Deps } from "../platform/deps.ts";
import { listMembers, type Member } from "./store.ts";

/** Who handles privacy at a tenant: active members of that role, or the owners of a business that has none. */
export async function listPrivacyStaff(deps: Pick<Deps, "stores">, tenantId: string): Promise<Member[]> {
  const active = (await listMembers(deps.stores, tenantId)).filter(({ state }) => state === "active");
  const privacy = active.filter(({ role }) => role === "privacy");
  return privacy.length > 0 ? privacy : active.filter(({ role }) => role === "owner");
}
