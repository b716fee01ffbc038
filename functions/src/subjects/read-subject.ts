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

/** Opens a stored subject with the person's key. @throws AppError `subject-erased`, `key-unavailable`. */
export async function openSubject(deps: Deps, key: SubjectKey, stored: StoredSubject): Promise<OpenedSubject> {
  const { state, restriction, createdAt } = stored;
  const profile = openProfile(await dekOf(deps, key), key, stored);
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
  return openSubject(deps, key, stored);
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
