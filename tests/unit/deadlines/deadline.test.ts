import { describe, expect, it } from "@jest/globals";
import { dueReminder, isLapsed, nextReminder, reviewDays } from "../../../functions/src/deadlines/deadline.ts";

const at = (text: string) => new Date(`2025-${text}T12:00:00Z`);
const end = at("03-31");

describe("reminders of a deadline", () => {
  it.each([
    ["01-15", "03-17"],
    ["03-17", "03-28"],
    ["03-28", "03-31"],
    ["03-30", "03-31"],
  ])("after %s the next one of a hold is due at %s", (after, next) => {
    expect(nextReminder("hold", end, at(after))).toEqual(at(next));
  });

  it("end with the end itself", () => {
    expect(nextReminder("hold", end, end)).toBeNull();
    expect(nextReminder("request", end, at("04-02"))).toBeNull();
  });

  it.each([
    ["03-16", undefined],
    ["03-17", 14],
    ["03-27", 14],
    ["03-28", 3],
    ["03-31", 0],
    ["06-01", 0],
  ])("on %s the nearest one is that of %s days", (now, days) => {
    expect(dueReminder("hold", end, at(now))).toBe(days);
  });
});

describe("a hold", () => {
  const told = (text: string) => ({ endsAt: end, reminders: { "0-uid1": { claimedAt: end, sentAt: at(text) } } });

  it("has not lapsed before its end, nor while nobody could be told, nor while its letter is only claimed", () => {
    expect(isLapsed({ ...told("03-01"), endsAt: end }, at("03-30"))).toBe(false);
    expect(isLapsed({ endsAt: end, reminders: {} }, at("12-31"))).toBe(false);
    const early = { "3-uid1": { claimedAt: end, sentAt: end }, "0-uid1": { claimedAt: end } };
    expect(isLapsed({ endsAt: end, reminders: early }, at("12-31"))).toBe(false);
  });

  it("has lapsed a week after the first of its staff was told", () => {
    expect(reviewDays).toBe(7);
    expect(isLapsed(told("04-02"), at("04-08"))).toBe(false);
    expect(isLapsed(told("04-02"), at("04-09"))).toBe(true);
  });
});
