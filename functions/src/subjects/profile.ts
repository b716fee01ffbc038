import type { Transaction } from "@google-cloud/firestore";
import type { SealingKey } from "../crypto/envelope.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import { documentPath, type Stores } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { readSubject, type StoredSubject, type SubjectKey, updateProfile } from "./store.ts";

/** What a person told of himself or herself; what was not told is absent. */
export interface Profile {
  name?: string;
  email?: string;
  phone?: string;
  /** The business's own id of the person, where its signature vouched for one. */
  reference?: string;
  /** The address that the business vouched for; it stays when another one is told. */
  verifiedEmail?: string;
}

/** Opens a person's profile. @returns an empty one when nothing was told. */
export function openProfile(dek: SealingKey, subject: SubjectKey, stored: StoredSubject): Profile {
  if (stored.profile === undefined) return {};
  return JSON.parse(openField(dek, documentPath("subjects", subject), "profile", stored.profile)) as Profile;
}

/**
 * Adds what a person told to the profile; what is told again replaces what was there, and nothing new writes nothing.
 *
 * @param stored - the subject as read in this transaction.
 */
export function extendProfile(
  tx: Transaction,
  deps: Pick<Deps, "stores" | "ids">,
  dek: SealingKey,
  subject: SubjectKey,
  stored: StoredSubject,
  told: Profile,
): void {
  const known = openProfile(dek, subject, stored);
  const profile = { ...known, ...told };
  if (JSON.stringify(profile) === JSON.stringify(known)) return;
  const path = documentPath("subjects", subject);
  updateProfile(tx, deps.stores, subject, sealField(dek, path, "profile", JSON.stringify(profile), deps.ids));
}

/**
 * Changes fields of a profile; `null` removes one.
 *
 * @param stored - the subject as read in this transaction.
 * @returns the profile as it was and as it is.
 */
export function changeProfile(
  tx: Transaction,
  deps: Pick<Deps, "stores" | "ids">,
  dek: SealingKey,
  subject: SubjectKey,
  stored: StoredSubject,
  corrected: { [Field in keyof Profile]?: string | null },
): { before: Profile; after: Profile } {
  const before = openProfile(dek, subject, stored);
  const merged = Object.entries({ ...before, ...corrected }).filter(([, value]) => value !== null);
  const after: Profile = Object.fromEntries(merged);
  const path = documentPath("subjects", subject);
  updateProfile(tx, deps.stores, subject, sealField(dek, path, "profile", JSON.stringify(after), deps.ids));
  return { before, after };
}

/**
 * The subject in a transaction, whether active or restricted: corrections are made for restricted persons too.
 *
 * @throws AppError `subject-erased` when erasure has begun or is done.
 */
export async function assertKnown(tx: Transaction, stores: Stores, subject: SubjectKey): Promise<StoredSubject> {
  const stored = await readSubject(tx, stores, subject);
  if (stored === undefined || stored.state === "erasing") {
    throw new AppError("subject-erased", `subject ${subject.subjectId} is erased or being erased`);
  }
  return stored;
}
