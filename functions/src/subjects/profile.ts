import type { Transaction } from "@google-cloud/firestore";
import type { SealingKey } from "../crypto/envelope.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { type StoredSubject, type SubjectKey, updateProfile } from "./store.ts";

/** What a person told of himself or herself; what was not told is absent. */
export interface Profile {
  name?: string;
  email?: string;
  phone?: string;
}

/** Opens a person's profile. @returns an empty one when nothing was told. */
export function openProfile(dek: SealingKey, subject: SubjectKey, stored: StoredSubject): Profile {
  if (stored.profile === undefined) return {};
  return JSON.parse(openField(dek, documentPath("subjects", subject), "profile", stored.profile)) as Profile;
}

/**
 * Adds what a person told to the profile; what is told again replaces what was there.
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
  const profile = { ...openProfile(dek, subject, stored), ...told };
  const path = documentPath("subjects", subject);
  updateProfile(tx, deps.stores, subject, sealField(dek, path, "profile", JSON.stringify(profile), deps.ids));
}
