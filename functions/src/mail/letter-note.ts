import type { Stamp } from "../inventory/stored.ts";

/** What a record keeps of one letter: never its address, never its text. */
export interface LetterNote {
  /** When somebody set out to send it. */
  claimedAt: Date;
  /** When the provider took it. */
  sentAt?: Date;
  /** When the provider said that the address takes no mail: no repeat helps. */
  undeliverableAt?: Date;
}

/** A note from its stored form. */
export function noteFrom(stored: { claimedAt: Stamp; sentAt?: Stamp; undeliverableAt?: Stamp }): LetterNote {
  const { claimedAt, sentAt, undeliverableAt } = stored;
  return {
    claimedAt: claimedAt.toDate(),
    ...(sentAt === undefined ? {} : { sentAt: sentAt.toDate() }),
    ...(undeliverableAt === undefined ? {} : { undeliverableAt: undeliverableAt.toDate() }),
  };
}

/** Notes by name from their stored form; none where nothing was noted. */
export function notesFrom(stored: unknown): Record<string, LetterNote> {
  const notes = (stored ?? {}) as Record<string, Parameters<typeof noteFrom>[0]>;
  return Object.fromEntries(Object.entries(notes).map(([name, note]) => [name, noteFrom(note)]));
}

/** Notes with one more, or without it where there is none. */
export function withNote(
  notes: Readonly<Record<string, LetterNote>>,
  name: string,
  note: LetterNote | undefined,
): Record<string, LetterNote> {
  const { [name]: _earlier, ...others } = notes;
  return note === undefined ? others : { ...others, [name]: note };
}

/** Whether nothing is to be done for the letter any more: it was sent, or never can be. */
export function isSettled({ sentAt, undeliverableAt }: LetterNote): boolean {
  return sentAt !== undefined || undeliverableAt !== undefined;
}
