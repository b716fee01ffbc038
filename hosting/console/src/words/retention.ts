import type { RetentionChoice } from "../api/privacy-shapes.ts";
import { count, storeName } from "./things.ts";

const monthDays = 365 / 12;

/** A period in the unit that reads best: `12 months`, `30 days`; null is for as long as the account is active. */
export function periodText(days: number | null): string {
  if (days === null) return "While the account is active";
  if (days % 365 === 0) return days === 365 ? "12 months" : count(days / 365, "year");
  const months = Math.round(days / monthDays);
  return days >= 180 && Math.round(months * monthDays) === days ? count(months, "month") : count(days, "day");
}

/** The same within a sentence. */
export function periodWithin(days: number | null): string {
  const text = periodText(days);
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Between which periods a class may be set. */
export function boundsText({ minimumDays, maximumDays }: Pick<RetentionChoice, "minimumDays" | "maximumDays">): string {
  const least = minimumDays > 1 ? `At least ${periodText(minimumDays)}` : "";
  const most = maximumDays === null ? "" : `${least === "" ? "At most" : ", at most"} ${periodText(maximumDays)}`;
  return least + most === "" ? "Any period" : `${least}${most}`;
}

/** Periods that are offered by themselves: those within the bounds, the default among them, shortest first. */
export function offeredPeriods(choice: Pick<RetentionChoice, "minimumDays" | "maximumDays" | "defaultDays">): number[] {
  const usual = [7, 30, 90, 180, 365, 730, 1095, 1825];
  const all = new Set([...usual, ...(choice.defaultDays === null ? [] : [choice.defaultDays])]);
  return [...all].filter((days) => isWithin(choice, days)).sort((a, b) => a - b);
}

/** Whether a class may be kept for this long. */
export function isWithin(
  { minimumDays, maximumDays }: Pick<RetentionChoice, "minimumDays" | "maximumDays">,
  days: number | null,
): boolean {
  if (days === null) return maximumDays === null;
  return Number.isInteger(days) && days >= minimumDays && (maximumDays === null || days <= maximumDays);
}

/** Whether `next` keeps less than `current`: such a change waits for 24 hours. */
export function isShortening(current: number | null, next: number | null): boolean {
  if (next === null) return false;
  return current === null || next < current;
}

/** What a class holds, in words, each once. */
export function coversText(covers: readonly string[]): string {
  const names = [...new Set(covers.map(storeName))];
  return names.map((name, index) => (index === 0 ? name : name.charAt(0).toLowerCase() + name.slice(1))).join(", ");
}
