import type { Deps } from "../platform/deps.ts";
import { deleteMembership, findMembership } from "./memberships.ts";

/**
 * Takes an account out of a tenant: the directory entry, then the account at Firebase Authentication unless another
 * tenant has it by now. Safe to repeat.
 *
 * @returns whether the account stays because it belongs elsewhere.
 */
export async function removeAccount(
  deps: Pick<Deps, "stores" | "staffAccounts">,
  tenantId: string,
  uid: string,
): Promise<"removed" | "kept"> {
  await deleteMembership(deps.stores, uid, tenantId);
  if ((await findMembership(deps.stores, uid)) !== undefined) return "kept";
  await deps.staffAccounts.remove(uid);
  return "removed";
}
