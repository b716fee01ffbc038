import { blindIndex } from "../crypto/blind-index.ts";
import { dekOf } from "../crypto/keyring.ts";
import { textsInLeads } from "../leads/texts-in-leads.ts";
import type { Deps } from "../platform/deps.ts";
import { openProfile, type Profile } from "./profile.ts";
import { findSubject, hasVerifiedClaim, type SubjectKey } from "./store.ts";

/**
 * E-mail addresses that were proven to be the person's; only these are written to. All words that are kept of one are
 * looked at: what the profile says, what staff verified, what each lead gave.
 *
 * @returns each once; none for a person who told no address, or only stated ones.
 * @throws AppError `subject-erased`, `key-unavailable`.
 */
export async function findVerifiedAddresses(deps: Deps, subject: SubjectKey): Promise<string[]> {
  const stored = await findSubject(deps.stores, subject);
  if (stored === undefined) return [];
  const profile = openProfile(await dekOf(deps, subject), subject, stored);
  const told = addressesIn([profile, ...(await textsInLeads(deps, subject))]);
  const byIndex = new Map<string, string>();
  for (const address of told) {
    const index = await blindIndex(deps, subject.tenantId, "email", address);
    if (!byIndex.has(index) && (await hasVerifiedClaim(deps.stores, subject, index))) byIndex.set(index, address);
  }
  return [...byIndex.values()];
}

/** All e-mail addresses in what a person told, as they were given, each spelling once. */
function addressesIn(told: readonly Profile[]): string[] {
  return [
    ...new Set(
      told.flatMap(({ email, verifiedEmail, verifiedEmails = [] }) => [email, verifiedEmail, ...verifiedEmails]),
    ),
  ].flatMap((address) => address ?? []);
}
