import type { Closure } from "../api/settings-shapes.ts";
import { count } from "./things.ts";
import { dayOf, fullTime } from "./time.ts";

/** How long is left, for the banner of every page. */
export function bannerText(closure: Closure): string {
  if (closure.state === "deleting") return "This account is being deleted. Nothing can be taken back any more.";
  const { daysLeft = 0, waivedAt } = closure.closure ?? {};
  if (waivedAt !== undefined) return "This account is deleted within the hour. Visitors can no longer chat.";
  const left = daysLeft <= 0 ? "within the hour" : `in ${count(daysLeft, "day")}`;
  return `This account is deleted ${left}. Visitors can no longer chat; privacy requests are still answered.`;
}

/** What happens, and when, to whoever asks for the deletion of an account. */
export function closingSteps(graceDays: number, from: Date): readonly { when: string; what: string }[] {
  const end = new Date(from.getTime() + graceDays * 86_400_000);
  return [
    { when: "At once", what: "Visitors can no longer chat or leave leads. Privacy requests are still answered." },
    {
      when: `For ${count(graceDays, "day")}`,
      what: "You can export everything, and take the deletion back. Owners are reminded 30, 7 and 1 days before.",
    },
    {
      when: `By the end of ${dayOf(end)}`,
      what: "Databases, files, keys, sign-ins and billing are deleted. What a third party keeps for a time is named with a date.",
    },
    { when: "Then", what: "Owners get a signed certificate by mail. The account's number is never used again." },
  ];
}

/** Since when and by when, in one sentence. */
export function closingText({ closure }: Closure): string {
  if (closure === undefined) return "";
  const asked = `Asked for on ${fullTime(new Date(closure.requestedAt))}.`;
  if (closure.startedAt !== undefined) return `${asked} Deletion began on ${fullTime(new Date(closure.startedAt))}.`;
  return `${asked} Deletion begins on ${fullTime(new Date(closure.closesAt))}; everything is gone by ${fullTime(new Date(closure.goneBy))}.`;
}
