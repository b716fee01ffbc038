import { dekOf } from "../crypto/keyring.ts";
import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Restriction, SubjectState } from "./freeze-subject.ts";
import { openProfile, type Profile } from "./profile.ts";
import { findSubject, readSubject, type StoredSubject, type SubjectKey } from "./store.ts";

/** A data subject as staff see one. */
export interface OpenedSubject {
  subjectId: string;
  state: SubjectState;
  profile: Profile;
  /** Why it is restricted; absent when it is not. */
  restriction?: Restriction;
  createdAt: Date;
}

/** What a restricted person's data may be used for, and why it is. @see GDPR Art. 18(2) */
export interface RestrictedUse {
  ground: "consent" | "claims" | "rights-of-others" | "public-interest";
  reason: string;
}

/**
 * Whether a member of staff may see what a restricted person told: whoever handles the person's rights must know whose
 * they are; nobody else uses the words.
 *
 * @see GDPR Art. 18(2)
 */
export function maySee(staff: Pick<Staff, "permissions">, state: SubjectState): boolean {
  return state !== "restricted" || staff.permissions.has("subjects:write");
}

/**
 * Opens a stored subject with the person's key, as far as the member of staff may see it: a restricted person's profile is
 * empty for whoever handles no rights.
 *
 * @throws AppError `subject-erased`, `key-unavailable`.
 */
export async function openSubject(
  deps: Deps,
  staff: Staff,
  key: SubjectKey,
  stored: StoredSubject,
): Promise<OpenedSubject> {
  const { state, restriction, createdAt } = stored;
  const dek = await dekOf(deps, key);
  const profile = maySee(staff, state) ? openProfile(dek, key, stored) : {};
  return { subjectId: key.subjectId, state, profile, ...(restriction === undefined ? {} : { restriction }), createdAt };
}

/**
 * Looks a person up for a member of staff. The entry is written before anything is answered.
 *
 * @throws AppError `not-found`; `subject-erased` when the key is gone; `key-unavailable`.
 */
export async function readSubjectAsStaff(deps: Deps, staff: Staff, subjectId: string): Promise<OpenedSubject> {
  const { tenantId, actor } = staff;
  const key = { tenantId, subjectId };
  if ((await findSubject(deps.stores, key)) === undefined) throw new AppError("not-found", `no subject ${subjectId}`);
  const audit = await auditContext(deps, tenantId, subjectId);
  const stored = await deps.stores.data.runTransaction(async (tx) => {
    const stored = await readSubject(tx, deps.stores, key);
    if (stored === undefined) throw new AppError("subject-erased", `subject ${subjectId} is gone`);
    appendEntry(tx, audit, {
      action: "subject-read",
      actor,
      personalTargets: [{ kind: "subject", id: subjectId }],
      outcome: "success",
      metadata: { state: stored.state },
    });
    return stored;
  });
  return openSubject(deps, staff, key, stored);
}

/**
 * What a person told, for what needs a part of it.
 *
 * @returns an empty profile for nobody.
 * @throws AppError `subject-erased` when the key is gone; `key-unavailable`.
 */
export async function profileOf(deps: Deps, key: SubjectKey): Promise<Profile> {
  const stored = await findSubject(deps.stores, key);
  return stored === undefined ? {} : openProfile(await dekOf(deps, key), key, stored);
}
