import type { Deps } from "../platform/deps.ts";
import type { Staff } from "./caller.ts";
import { type ApiKey, findApiKey, findMember, listApiKeys, listMembers, type Member } from "./store.ts";

/** The members of the caller's tenant, removed ones too, in the order in which they came. */
export function listTeam(deps: Deps, staff: Pick<Staff, "tenantId">): Promise<Member[]> {
  return listMembers(deps.stores, staff.tenantId);
}

/** The API keys of the caller's tenant, revoked ones too, newest first. */
export function listKeys(deps: Deps, staff: Pick<Staff, "tenantId">): Promise<ApiKey[]> {
  return listApiKeys(deps.stores, staff.tenantId);
}

/** What the caller is called: a member's name and address, or an API key's name. */
export async function nameOfCaller(deps: Deps, staff: Staff): Promise<{ name: string; email?: string }> {
  const { tenantId, actor } = staff;
  if (actor.kind === "api-key") {
    return { name: (await findApiKey(deps.stores, tenantId, actor.id))?.name ?? "" };
  }
  const member = await findMember(deps.stores, tenantId, actor.id);
  return member === undefined ? { name: "" } : { name: member.name, email: member.email };
}
