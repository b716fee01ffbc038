import type { LetterNote } from "../mail/letter-note.ts";
import { dayMs } from "../platform/time.ts";

export { notesFrom as remindersFrom } from "../mail/letter-note.ts";

/** What records with a deadline keep of their reminders, beside the deadline itself. */
export interface ReminderFields {
  /** When somebody is to be reminded next; null when nobody is. */
  nextReminderAt: Date | null;
  /** Letters to members of staff, by `<days>-<uid>`. */
  reminders: Readonly<Record<string, LetterNote>>;
  /** Of a hold alone: when it was lifted or lapses, from which its own period counts; null while that is open. */
  overAt?: Date | null;
}

/** Days before the end of each kind of deadline at which staff are reminded, the longest first; 0 is the end itself. */
export const reminderDays = { hold: [14, 3, 0], request: [7, 2, 0] } as const;

export type DeadlineKind = keyof typeof reminderDays;

/** Days after staff were told that a hold is over in which they look at it: purges wait that long. */
export const reviewDays = 7;

/** When the next reminder is due, after a time; null when all are over. */
export function nextReminder(kind: DeadlineKind, endsAt: Date, after: Date): Date | null {
  const times = reminderDays[kind].map((days) => new Date(endsAt.getTime() - days * dayMs));
  return times.find((time) => time > after) ?? null;
}

/** The reminder that is due: the nearest to the end, however late; undefined before the first. */
export function dueReminder(kind: DeadlineKind, endsAt: Date, now: Date): number | undefined {
  return reminderDays[kind].findLast((days) => endsAt.getTime() - days * dayMs <= now.getTime());
}

/** The fields of a record whose deadline was set or moved: what lies behind already is not made up for. */
export function freshReminders(kind: DeadlineKind, endsAt: Date, now: Date): ReminderFields {
  const fresh = { nextReminderAt: nextReminder(kind, endsAt, now), reminders: {} };
  return kind === "hold" ? { ...fresh, overAt: null } : fresh;
}

/** When a hold that has ended lapses: a week after the first of its staff was told; undefined while nobody was. */
export function lapsesAt(reminders: Readonly<Record<string, LetterNote>>): Date | undefined {
  const told = Object.entries(reminders).flatMap(([name, { sentAt }]) =>
    name.startsWith("0-") && sentAt !== undefined ? [sentAt.getTime()] : [],
  );
  return told.length === 0 ? undefined : new Date(Math.min(...told) + reviewDays * dayMs);
}

/**
 * Whether purges may take what a hold kept: it is over, staff were told, and had a week to lift or extend it. A hold never
 * lapses silently: while nobody could be told, it keeps.
 */
export function isLapsed(hold: { endsAt: Date; reminders: Readonly<Record<string, LetterNote>> }, now: Date): boolean {
  if (hold.endsAt > now) return false;
  const lapse = lapsesAt(hold.reminders);
  return lapse !== undefined && lapse <= now;
}
