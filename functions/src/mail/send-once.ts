import type { Transaction } from "@google-cloud/firestore";
import type { Deps } from "../platform/deps.ts";
import type { Letter } from "../ports/mail.ts";
import { isSettled, type LetterNote } from "./letter-note.ts";

/** After so long a claim without an outcome is of a call that died. */
export const claimMs = 15 * 60_000;

/** Where a letter is noted, as a transaction sees it. */
export interface LetterPlace {
  note: LetterNote | undefined;
  /** Replaces the note; undefined takes it away. */
  save(note: LetterNote | undefined): void;
}

/** Finds a letter's place in a transaction, before its first write; undefined once the letter is not due any more. */
export type FindLetterPlace = (tx: Transaction) => Promise<LetterPlace | undefined>;

/** `under-way`: another call holds the claim at this moment. */
export type LetterOutcome = "sent" | "sent-before" | "undeliverable" | "under-way" | "not-due";

/**
 * Sends a letter once, however often and by how many it is asked for: claims it, sends it, notes what became of it. A
 * letter to an address that takes no mail is settled like one that was sent.
 *
 * @throws AppError `store-unavailable` when the provider could not be reached; the claim is given back for a repeat.
 */
export async function sendOnce(deps: Deps, letter: Letter, find: FindLetterPlace): Promise<LetterOutcome> {
  const claimedAt = deps.clock.now();
  const standing = await deps.stores.data.runTransaction(async (tx): Promise<LetterOutcome | "claimed"> => {
    const place = await find(tx);
    if (place === undefined) return "not-due";
    const { note } = place;
    if (note !== undefined && isSettled(note)) return note.sentAt === undefined ? "undeliverable" : "sent-before";
    if (note !== undefined && note.claimedAt.getTime() + claimMs > claimedAt.getTime()) return "under-way";
    place.save({ claimedAt });
    return "claimed";
  });
  if (standing !== "claimed") return standing;
  const settle = (note: LetterNote | undefined) =>
    deps.stores.data.runTransaction(async (tx) => (await find(tx))?.save(note));
  // Claimed, not yet sent: who dies from here to the note leaves it to whoever comes after the claim has lapsed.
  const outcome = await deps.mail.send(letter).catch(async (error: unknown) => {
    await settle(undefined);
    throw error;
  });
  const at = deps.clock.now();
  await settle({ claimedAt, ...(outcome === "sent" ? { sentAt: at } : { undeliverableAt: at }) });
  return outcome;
}
