import type { Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import { noteFrom } from "./letter-note.ts";
import type { LetterPlace } from "./send-once.ts";

/** What a kept letter was for and to whom it went; no address. */
export interface LetterSubject {
  tenantId: string;
  purpose: "restriction-lifted" | "erasure-completed";
  /** What in particular: the job, or the restriction by its time. */
  about: string;
  /** The person; absent once that person is erased. */
  subjectId?: string;
}

/** A letter's place in the tenant's list of letters. */
export async function readLetterPlace(
  tx: Transaction,
  stores: Stores,
  letterId: string,
  { tenantId, ...fields }: LetterSubject,
): Promise<LetterPlace> {
  const ref = documentRef(stores, "letters", { tenantId, letterId });
  const data = (await tx.get(ref)).data() as Parameters<typeof noteFrom>[0] | undefined;
  return {
    note: data === undefined ? undefined : noteFrom(data),
    save(note) {
      if (note === undefined) tx.delete(ref);
      else tx.set(ref, { ...fields, ...note });
    },
  };
}

/** Whether a letter was ever sent to a person; one that no address took does not count. */
export async function hasLetters(stores: Stores, subject: { tenantId: string; subjectId: string }): Promise<boolean> {
  const own = collectionRef(stores, "letters", { tenantId: subject.tenantId }).where(
    "subjectId",
    "==",
    subject.subjectId,
  );
  return (await own.limit(100).get()).docs.some((letter) => letter.get("sentAt") !== undefined);
}

/** Deletes the notes of a thing that is over. */
export async function deleteLettersAbout(stores: Stores, tenantId: string, about: string): Promise<void> {
  const { docs } = await collectionRef(stores, "letters", { tenantId }).where("about", "==", about).limit(200).get();
  for (const letter of docs) await letter.ref.delete();
}
