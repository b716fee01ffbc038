import { blindIndex } from "../crypto/blind-index.ts";
import { dekOf } from "../crypto/keyring.ts";
import type { Deps } from "../platform/deps.ts";
import { openProfile } from "./profile.ts";
import { findSubject, hasVerifiedClaim, type SubjectKey } from "./store.ts";

/**
 * E-mail addresses that were proven to be the person's; only these are written to.
 *
 * @returns none for a person who told no address, or only stated one.
 * @throws AppError `subject-erased`, `key-unavailable`.
 */
export async function findVerifiedAddresses(deps: Deps, subject: SubjectKey): Promise<string[]> {
  const stored = await findSubject(deps.stores, subject);
  if (stored === undefined) return [];
  const { email, verifiedEmail } = openProfile(await dekOf(deps, subject), subject, stored);
  const told = [email, verifiedEmail].flatMap((address) => address ?? []);
  const checked = await Promise.all(
    [...new Set(told)].map(async (address) => {
      const index = await blindIndex(deps, subject.tenantId, "email", address);
      return (await hasVerifiedClaim(deps.stores, subject, index)) ? [address] : [];
    }),
  );
  return checked.flat();
}
