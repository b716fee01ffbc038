import { blindIndex, type IdentifierKind } from "../crypto/blind-index.ts";
import type { Deps } from "../platform/deps.ts";
import { deleteClaim, type IdentifierClaim, type SubjectKey, saveClaim } from "./store.ts";

/**
 * Records that an identifier is claimed for a person. Repeating it changes nothing; a verified claim stays verified.
 *
 * The claim lies in the keys database, which no transaction of the data database reaches: make it before the write that
 * needs it. One made for a person who is frozen meanwhile is deleted when erasure repeats its deletes.
 *
 * @param level - `verified` only where the person proved to hold the identifier, or we made it ourselves.
 * @throws AppError `key-unavailable`, `tenant-closed`.
 */
export async function claimIdentifier(
  deps: Deps,
  subject: SubjectKey,
  kind: IdentifierKind,
  value: string,
  level: IdentifierClaim["level"],
): Promise<void> {
  const { tenantId, subjectId } = subject;
  const index = await blindIndex(deps, tenantId, kind, value);
  await saveClaim(deps.stores, { tenantId, subjectId, kind, blindIndex: index, level, createdAt: deps.clock.now() });
}

/** Takes a person's claim on an identifier back; an absent one is no error. */
export async function forgetIdentifier(
  deps: Deps,
  subject: SubjectKey,
  kind: IdentifierKind,
  value: string,
): Promise<void> {
  await deleteClaim(deps.stores, subject, await blindIndex(deps, subject.tenantId, kind, value));
}
