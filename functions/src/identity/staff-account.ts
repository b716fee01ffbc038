import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findMembership } from "./memberships.ts";

/**
 * The account of an address that shall join a tenant, with the given password.
 *
 * An account that exists and belongs to nobody gets the password too, and loses its sessions: whoever made it beforehand
 * must not come in with it. So a call that died half-way can be repeated.
 *
 * @param tenantId - the tenant to join; the caller has made sure that the account is not at work there.
 * @returns the account's uid, the same at every repeat.
 * @throws AppError `already-exists` when the account belongs to another tenant.
 */
export async function accountFor(deps: Deps, email: string, password: string, tenantId: string): Promise<string> {
  const known = await deps.staffAccounts.findByEmail(email);
  if (known === undefined) return deps.staffAccounts.create(email, password);
  const membership = await findMembership(deps.stores, known);
  if (membership !== undefined && membership !== tenantId) {
    throw new AppError("already-exists", "address belongs to a member of staff, here or elsewhere");
  }
  await deps.staffAccounts.setPassword(known, password);
  return known;
}
