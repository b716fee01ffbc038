import type { Transaction } from "@google-cloud/firestore";
import { normalizeIdentifier } from "../crypto/blind-index.ts";
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
  /** Addresses and numbers that staff convinced themselves of; they stay when others are told. */
  verifiedEmails?: readonly string[];
  verifiedPhones?: readonly string[];
}

/** Fields of a profile that are corrected; `null` removes one. */
export type Correction = { [Field in "name" | "email" | "phone"]?: string | null };

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
  changeProfile(tx, deps, dek, subject, stored, (known) => ({ ...known, ...told }));
}

/**
 * Changes a profile; a change that changes nothing writes nothing.
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
  change: (before: Profile) => Profile,
): { before: Profile; after: Profile } {
  const before = openProfile(dek, subject, stored);
  const after = change(before);
  const text = JSON.stringify(after);
  if (text === JSON.stringify(before)) return { before, after };
  const path = documentPath("subjects", subject);
  updateProfile(tx, deps.stores, subject, sealField(dek, path, "profile", text, deps.ids));
  return { before, after };
}

/**
 * A profile with fields corrected. What was vouched for or verified of a corrected value goes with it; what staff
 * verified besides stays.
 */
export function correctedProfile(before: Profile, corrected: Correction): Profile {
  const former = formerValues(before, corrected);
  const isKept = (kind: "email" | "phone") => (value: string) =>
    !former[kind].some((gone) => normalizeIdentifier(kind, gone) === normalizeIdentifier(kind, value));
  const { verifiedEmail, verifiedEmails = [], verifiedPhones = [], ...told } = before;
  const emails = verifiedEmails.filter(isKept("email"));
  const phones = verifiedPhones.filter(isKept("phone"));
  const fields = {
    ...told,
    ...corrected,
    verifiedEmail: verifiedEmail !== undefined && isKept("email")(verifiedEmail) ? verifiedEmail : null,
    verifiedEmails: emails.length === 0 ? null : emails,
    verifiedPhones: phones.length === 0 ? null : phones,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** The addresses and numbers that are the person's no more once a correction is made. */
export function formerValues(before: Profile, corrected: Correction): { email: string[]; phone: string[] } {
  const former = (kind: "email" | "phone", ...values: (string | undefined)[]) => {
    const next = corrected[kind];
    if (next === undefined) return [];
    const kept = next === null ? undefined : normalizeIdentifier(kind, next);
    return values.filter((value) => value !== undefined && normalizeIdentifier(kind, value) !== kept) as string[];
  };
  return {
    email: former("email", before.email, before.verifiedEmail),
    phone: former("phone", before.phone),
  };
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
