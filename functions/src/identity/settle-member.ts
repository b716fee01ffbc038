import type { Deps } from "../platform/deps.ts";
import { saveMembership } from "./memberships.ts";
import { removeAccount } from "./remove-account.ts";
import { findMember, saveMember } from "./store.ts";

/**
 * Makes the directory, and the account at Firebase Authentication, follow what a member's record says: an active one can
 * sign in, of a removed one nothing is left there. Safe to repeat.
 *
 * @throws AppError `already-exists` when an active member's account belongs to another tenant: a person must decide.
 */
export async function settleMember(deps: Deps, tenantId: string, uid: string): Promise<void> {
  const member = await findMember(deps.stores, tenantId, uid);
  if (member === undefined) return;
  if (member.state === "active") await saveMembership(deps.stores, uid, tenantId);
  else await removeAccount(deps, tenantId, uid);
  // Both have followed. If we die here, the sweep does it again; who changed the member meanwhile settles it anew.
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await findMember(deps.stores, tenantId, uid, tx);
    if (stored?.isUnsettled !== true || stored.state !== member.state) return;
    const { isUnsettled: _, ...settled } = stored;
    saveMember(tx, deps.stores, settled);
  });
}
