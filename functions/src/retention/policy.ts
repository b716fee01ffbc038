import type { RetentionClass } from "../inventory/entry.ts";
import { dayMs } from "../platform/time.ts";

/** A class whose period the controller chooses. `null` days: while the account is active. */
export interface AdjustableClass {
  title: string;
  defaultDays: number | null;
  minimumDays: number;
  maximumDays: number | null;
  /** Whether nobody reads what is past its period from that moment on; otherwise it is seen until the purge takes it. */
  hiddenAtOnce: boolean;
  /** Why these bounds, for the person who chooses. */
  why: string;
}

/** What a controller may choose, with finite defaults. @see GDPR Art. 5(1)(e), 5(2), 25(2) */
export const adjustableClasses = {
  conversation: {
    title: "Conversations",
    defaultDays: 365,
    minimumDays: 1,
    maximumDays: null,
    hiddenAtOnce: true,
    why: "Counted from the last question, or from the start where none was asked. Keep no longer than you need to answer follow-ups.",
  },
  "ai-session": {
    title: "AI sessions",
    defaultDays: 30,
    minimumDays: 1,
    maximumDays: 395,
    hiddenAtOnce: false,
    why: "Measures of quality and billing; thirteen months cover a year's comparison.",
  },
  "audit-log": {
    title: "Audit log",
    defaultDays: 730,
    minimumDays: 365,
    maximumDays: 3_650,
    hiddenAtOnce: false,
    why: "Accountability (GDPR Art. 5(2)) asks for evidence; a year is the least that covers yearly reviews.",
  },
  knowledge: {
    title: "Documents",
    defaultDays: null,
    minimumDays: 1,
    maximumDays: null,
    hiddenAtOnce: false,
    why: "Counted from the last upload. Your own documents; they hold no data subjects unless you put them there.",
  },
  lead: {
    title: "Leads",
    defaultDays: 365,
    minimumDays: 1,
    maximumDays: 1_095,
    hiddenAtOnce: true,
    why: "Somebody who asked to be contacted expects it soon, or not at all.",
  },
  consent: {
    title: "Withdrawn consents",
    defaultDays: 1_095,
    minimumDays: 365,
    maximumDays: 3_650,
    hiddenAtOnce: false,
    why: "Proof that consent was given and withdrawn (GDPR Art. 7(1)), until claims lapse.",
  },
  request: {
    title: "Requests of data subjects",
    defaultDays: 1_095,
    minimumDays: 365,
    maximumDays: 3_650,
    hiddenAtOnce: false,
    why: "Proof that requests were answered in time (GDPR Art. 12(3)), until claims lapse.",
  },
  export: {
    title: "Exports",
    defaultDays: 7,
    minimumDays: 1,
    maximumDays: 7,
    hiddenAtOnce: true,
    why: "A copy of everything is the worst thing to keep.",
  },
} as const satisfies Partial<Record<RetentionClass, AdjustableClass>>;

export type AdjustableName = keyof typeof adjustableClasses;

/** Classes whose period is fixed by what they are for, in days. */
const fixedDays: Partial<Record<RetentionClass, number>> = {
  "one-day": 1,
  "thirty-days": 30,
  "backup-window-plus-30-days": 60,
};

/** A chosen period: `days` from `from` on, `before` until then. */
export interface ChosenPeriod {
  days: number | null;
  from: Date;
  before: number | null;
}

/** A tenant's choices; a class that is absent has its default. */
export type RetentionPolicy = Readonly<Partial<Record<AdjustableName, ChosenPeriod>>>;

/** Whether a class is one that the controller chooses for. */
export function isAdjustable(name: string): name is AdjustableName {
  return Object.hasOwn(adjustableClasses, name);
}

/**
 * Days that a class is kept at a time.
 *
 * @returns null: while the account is active. Undefined for classes that end with something else (their job, their subject).
 */
export function daysInForce(policy: RetentionPolicy, name: RetentionClass, now: Date): number | null | undefined {
  if (!isAdjustable(name)) return fixedDays[name];
  const chosen = policy[name];
  if (chosen === undefined) return adjustableClasses[name].defaultDays;
  return now >= chosen.from ? chosen.days : chosen.before;
}

/** What is older than this is expired; undefined when the class does not expire. */
export function cutoffOf(policy: RetentionPolicy, name: RetentionClass, now: Date): Date | undefined {
  const days = daysInForce(policy, name, now);
  return days === null || days === undefined ? undefined : new Date(now.getTime() - days * dayMs);
}

/** Whether `next` keeps less than `current`. */
export function isShorter(next: number | null, current: number | null): boolean {
  if (next === null) return false;
  return current === null || next < current;
}
