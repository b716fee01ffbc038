import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import type { SubjectState } from "./freeze-subject.ts";
import { findStates, findSubject, readSubject, type StoredSubject, type SubjectKey } from "./store.ts";

/**
 * Reads a person's state in the transaction that writes for the person, so that a freeze or an erasure and the write
 * cannot both go unseen.
 *
 * @returns the subject, for what is changed in it.
 * @throws AppError `subject-frozen` while the person is restricted, `subject-erased` when erasure has begun or is done.
 * @see GDPR Art. 18(2)
 */
export async function assertWritable(tx: Transaction, stores: Stores, subject: SubjectKey): Promise<StoredSubject> {
  const stored = await readSubject(tx, stores, subject);
  if (stored === undefined) throw erased(subject.subjectId);
  assertActive(stored.state, subject.subjectId);
  return stored;
}

/**
 * Checks a state, also where it is a head's copy.
 *
 * @throws AppError `subject-frozen`, `subject-erased`.
 */
export function assertActive(state: SubjectState, subjectId: string): void {
  if (state === "restricted") throw new AppError("subject-frozen", `subject ${subjectId} is restricted`);
  if (state === "erasing") throw erased(subjectId);
}

function erased(subjectId: string): AppError {
  return new AppError("subject-erased", `subject ${subjectId} is erased or being erased`);
}

/**
 * The states of persons, by id, as the persons themselves have them; a copy elsewhere may be old.
 *
 * @param tx - the transaction that records who looked; absent for a look that shows no words.
 * @returns nobody who was never met, or was erased.
 */
export function statesOf(
  stores: Stores,
  tenantId: string,
  subjectIds: readonly string[],
  tx?: Transaction,
): Promise<ReadonlyMap<string, SubjectState>> {
  return findStates(stores, tenantId, subjectIds, tx);
}

/** A person's state, or undefined for nobody: never met, or erased. */
export async function stateOf(stores: Stores, subject: SubjectKey): Promise<SubjectState | undefined> {
  return (await findSubject(stores, subject))?.state;
}
