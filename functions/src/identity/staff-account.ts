import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findMembership } from "./store.ts";

/**
 * The account of an address that shall join a tenant, with the given password.
 *
 * An account that belongs to nobody gets the password too, and loses its sessions: whoever made it beforehand must not
 * come in with it. So a call that died half-way can be repeated.
 *
 * @returns the account's uid, the same at every repeat.
 * @throws AppError `already-exists` when the account belongs to a tenant.
 */
export async function accountFor(deps: Deps, email: string, password: string): Promise<string> {
  const known = await deps.staffAccounts.findByEmail(email);
  if (known === undefined) return deps.staffAccounts.create(email, password);
  if ((await findMembership(deps.stores, known)) !== undefined) {
    throw new AppError("already-exists", "address belongs to a member of staff, here or elsewhere");
  }
  await deps.staffAccounts.setPassword(known, password);
  return known;
}
