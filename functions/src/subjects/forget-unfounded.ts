import type { Deps } from "../platform/deps.ts";
import { identifiersIn } from "./identifiers-of-person.ts";
import type { Profile } from "./profile.ts";
import { deleteClaim, listClaims, type SubjectKey } from "./store.ts";

/** Claims of a person, as they were listed. */
export interface ListedClaims {
  /**
   * Takes back those whose words stand in nothing that is kept: a former address finds nobody any more.
   *
   * @param told - the profile and leads as they are now.
   */
  forgetUnfounded(told: readonly Profile[]): Promise<void>;
}

/**
 * Lists a person's claims on addresses and numbers before a correction. What is unfounded is taken back after the
 * correction is durable: the claims lie in the other database, and a repeat finishes what a crash left. A claim made
 * meanwhile, whose lead is still to come, stays.
 */
export async function listClaimsToCorrect(deps: Deps, subject: SubjectKey): Promise<ListedClaims> {
  const claims = (await listClaims(deps.stores, subject)).filter(({ kind }) => kind === "email" || kind === "phone");
  return {
    async forgetUnfounded(told) {
      const founded = new Set((await identifiersIn(deps, subject, told)).map(({ index }) => index));
      for (const { blindIndex: index } of claims) {
        if (!founded.has(index)) await deleteClaim(deps.stores, subject, index);
      }
    },
  };
}
