import type { Transaction } from "@google-cloud/firestore";
import { blindIndex, idempotentId } from "../crypto/blind-index.ts";
import type { Stores } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import type { LetterText } from "./letters.ts";
import { onEach } from "./on-each.ts";
import { type LetterOutcome, sendOnce } from "./send-once.ts";
import { deleteLettersAbout, hasLetters, type LetterSubject, readLetterPlace } from "./store.ts";

/** What became of a letter to several addresses. */
export interface LetterCounts {
  /** Took it, now or at an earlier call. */
  told: number;
  /** Take no mail at all. */
  undeliverable: number;
  /** Another call is writing to at this moment, or died over it a moment ago. */
  underWay: number;
}

/**
 * Writes one letter to each of a person's addresses, once each. A letter is known again by what it is for and the blind
 * index of its address.
 *
 * @param addresses - verified ones.
 * @param isDue - asked in the transaction that claims a letter; without it the letter is due.
 * @throws AppError `store-unavailable` when some addresses could not be told yet, the others were; `key-unavailable`.
 */
export async function writeToPerson(
  deps: Deps,
  addresses: readonly string[],
  subject: LetterSubject,
  letter: LetterText,
  isDue: (tx: Transaction) => Promise<boolean> = () => Promise.resolve(true),
): Promise<LetterCounts> {
  const { tenantId, purpose, about } = subject;
  const outcomes = await onEach(addresses, async (to) => {
    const index = await blindIndex(deps, tenantId, "email", to);
    const letterId = await idempotentId(deps, tenantId, "letter", `${purpose}/${about}`, index);
    return sendOnce(deps, { to, ...letter }, async (tx) =>
      (await isDue(tx)) ? readLetterPlace(tx, deps.stores, letterId, subject) : undefined,
    );
  });
  return countLetters(outcomes);
}

/** Counts outcomes; a letter that was not due any more is none. */
export function countLetters(outcomes: readonly LetterOutcome[]): LetterCounts {
  const count = (...wanted: LetterOutcome[]) => outcomes.filter((outcome) => wanted.includes(outcome)).length;
  return { told: count("sent", "sent-before"), undeliverable: count("undeliverable"), underWay: count("under-way") };
}

/** Whether a letter of ours was ever sent to a person: only then can the mail provider hold one. */
export function wasWrittenTo(stores: Stores, subject: { tenantId: string; subjectId: string }): Promise<boolean> {
  return hasLetters(stores, subject);
}

/** Forgets the notes of letters about a thing that is over and will not be written about again. */
export function forgetLettersAbout(stores: Stores, tenantId: string, about: string): Promise<void> {
  return deleteLettersAbout(stores, tenantId, about);
}
