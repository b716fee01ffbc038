import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Staff } from "./caller.ts";
import { assertAccountWithinLimit } from "./limits.ts";
import { findMember, type Member } from "./store.ts";

/**
 * Makes sure that the member who is signed in is still the one who acts: for what cannot be taken back.
 *
 * @param password - the caller's own.
 * @returns the member.
 * @throws AppError `sign-in-refused` when it is wrong; `forbidden` for an API key; `rate-limited`.
 */
export async function confirmPassword(deps: Deps, staff: Staff, password: string): Promise<Member> {
  const { tenantId, actor } = staff;
  const member = actor.kind === "member" ? await findMember(deps.stores, tenantId, actor.id) : undefined;
  if (member === undefined) throw new AppError("forbidden", "only a member has a password");
  assertAccountWithinLimit(deps, member.email);
  await deps.staffAccounts.checkPassword(member.email, password);
  return member;
}
