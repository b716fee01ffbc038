import type { Deps } from "../platform/deps.ts";
import { deleteMembership, findMembership, listMemberships } from "./memberships.ts";
import { listMembers } from "./store.ts";

/**
 * Takes everybody out of an account that goes: directory entries, and accounts at Firebase Authentication that belong to
 * no other tenant. Members' own records are deleted with the tenant's. Safe to repeat.
 *
 * @returns how many accounts there were, and how many of them stay because they belong elsewhere.
 */
export async function removeEverybody(
  deps: Pick<Deps, "stores" | "staffAccounts">,
  tenantId: string,
): Promise<{ removed: number; kept: number }> {
  const members = await listMembers(deps.stores, tenantId);
  const uids = new Set([...members.map(({ uid }) => uid), ...(await listMemberships(deps.stores, tenantId))]);
  const outcome = { removed: 0, kept: 0 };
  for (const uid of uids) {
    await deleteMembership(deps.stores, uid, tenantId);
    const elsewhere = await findMembership(deps.stores, uid);
    if (elsewhere === undefined) await deps.staffAccounts.remove(uid);
    outcome[elsewhere === undefined ? "removed" : "kept"] += 1;
  }
  return outcome;
}
