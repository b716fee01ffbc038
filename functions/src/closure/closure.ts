import type { LetterNote } from "../mail/letter-note.ts";
import { dayMs } from "../platform/time.ts";

const hourMs = 3_600_000;

/** Days in which an owner exports, cancels, or waives the rest. */
export const graceDays = 30;

/** The work begins so long before the last day ends: the sweep comes every hour, and the work itself takes minutes. */
const workMs = 6 * hourMs;

/** Days before the end of the grace at which owners are reminded, the longest first. */
export const reminderDays = [30, 7, 1] as const;

/** That an account is to be deleted: kept on the tenant while it can still be cancelled, and until it begins. */
export interface ClosureRequest {
  /** Of the request, and of the job that it becomes. */
  id: string;
  requestedAt: Date;
  /** Uid of the owner who asked. */
  requestedBy: string;
  /** When the deletion begins: the end of the grace, or when the rest of it was waived. */
  closesAt: Date;
  /** By when all of it is gone. */
  goneBy: Date;
  waivedAt?: Date;
  /** When the deletion began: from then on nothing can be cancelled and nobody comes in. */
  startedAt?: Date;
  /** Which reminders were sent to whom, by `<days>-<uid>`. */
  reminders: Readonly<Record<string, LetterNote>>;
}

/**
 * When the deletion of an account begins and by when it is done: gone by the end of day 30 (UTC), the day of the request
 * being day 0; begun 30 days after the request, or six hours before that end where that is sooner.
 */
export function closureTimes(requestedAt: Date): { closesAt: Date; goneBy: Date } {
  const day = Math.floor(requestedAt.getTime() / dayMs);
  const goneBy = (day + graceDays + 1) * dayMs;
  const closesAt = Math.min(requestedAt.getTime() + graceDays * dayMs, goneBy - workMs);
  return { closesAt: new Date(closesAt), goneBy: new Date(goneBy) };
}

/**
 * Which reminder is due: the nearest one only, however late somebody asks.
 *
 * @returns 30, 7 or 1; undefined when the grace is over.
 */
export function dueReminder(closesAt: Date, now: Date): (typeof reminderDays)[number] | undefined {
  const left = closesAt.getTime() - now.getTime();
  if (left <= 0) return undefined;
  return reminderDays.findLast((days) => left <= days * dayMs);
}

/** Whole days left, rounded up; 0 when the grace is over. */
export function daysLeft(closesAt: Date, now: Date): number {
  return Math.max(0, Math.ceil((closesAt.getTime() - now.getTime()) / dayMs));
}

/** The time `days` after a time. */
export function daysAfter(time: Date, days: number): Date {
  return new Date(time.getTime() + days * dayMs);
}
