import { blindIndex } from "../crypto/blind-index.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findSubject, listClaimants, type SubjectKey, saveSoleClaim } from "./store.ts";

/** A claim without its person is of a call under way, or of one that died; no call lasts this long. */
const underWayMs = 60_000;

/**
 * The person whom a business vouches for under its own reference. Only a verified claim leads to one; a person whose
 * erasure has begun is not found, so that whoever comes back is a new person.
 *
 * @param reference - from a verified identity token.
 * @throws AppError `key-unavailable`, `tenant-closed`.
 */
export async function findByReference(
  deps: Deps,
  tenantId: string,
  reference: string,
): Promise<SubjectKey | undefined> {
  const index = await blindIndex(deps, tenantId, "reference", reference);
  const claims = await listClaimants(deps.stores, tenantId, index);
  for (const { subjectId, level } of claims) {
    if (level !== "verified") continue;
    const subject = await findSubject(deps.stores, { tenantId, subjectId });
    if (subject !== undefined && subject.state !== "erasing") return { tenantId, subjectId };
  }
  return undefined;
}

/**
 * Claims a reference for a new person. One person holds it: of two calls at once the second is told to try again, and
 * then finds the first one's person.
 *
 * @throws AppError `store-unavailable` while another call makes the person; `key-unavailable`.
 */
export async function claimReference(deps: Deps, subject: SubjectKey, reference: string): Promise<void> {
  const { tenantId, subjectId } = subject;
  const index = await blindIndex(deps, tenantId, "reference", reference);
  const createdAt = deps.clock.now();
  const claim = { tenantId, subjectId, kind: "reference", blindIndex: index, level: "verified", createdAt } as const;
  const isStored = await saveSoleClaim(deps.stores, claim, async (others) => {
    const checked = await Promise.all(
      others.map(async (other) => {
        const person = await findSubject(deps.stores, other);
        // A person being erased lets go of the reference; a claim that a dead call left holds nothing.
        if (person !== undefined) return person.state === "erasing";
        return createdAt.getTime() - other.createdAt.getTime() > underWayMs;
      }),
    );
    return checked.every(Boolean);
  });
  if (!isStored) throw new AppError("store-unavailable", "another call is making this person");
}
