import type { Deps } from "../platform/deps.ts";
import { listMemberships } from "./memberships.ts";
import { removeAccount } from "./remove-account.ts";
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
    outcome[await removeAccount(deps, tenantId, uid)] += 1;
  }
  return outcome;
}
