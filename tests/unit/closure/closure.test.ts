import { describe, expect, it } from "@jest/globals";
import { closureTimes, daysLeft, dueReminder } from "../../../functions/src/closure/closure.ts";

const dayMs = 86_400_000;
const at = (time: string) => new Date(time);

/** When the hourly sweep, five minutes past the hour, first sees that the grace is over. */
function firstSweepFrom(time: Date): Date {
  const hour = Math.ceil((time.getTime() - 300_000) / 3_600_000) * 3_600_000;
  return new Date(hour + 300_000);
}

describe("the times of an account's deletion", () => {
  it("leave 30 days, and end with day 30, the day of the request being day 0", () => {
    expect(closureTimes(at("2025-01-15T12:00:00Z"))).toEqual({
      closesAt: at("2025-02-14T12:00:00Z"),
      goneBy: at("2025-02-15T00:00:00Z"),
    });
  });

  it("begin sooner where a whole day 30 would leave no time for the work", () => {
    expect(closureTimes(at("2025-01-15T23:59:00Z"))).toEqual({
      closesAt: at("2025-02-14T18:00:00Z"),
      goneBy: at("2025-02-15T00:00:00Z"),
    });
  });

  it("leave the work five hours and more after an hourly sweep, whatever the minute of the request", () => {
    for (let minute = 0; minute < 1_440; minute += 1) {
      const requestedAt = new Date(at("2025-03-30T00:00:00Z").getTime() + minute * 60_000);
      const { closesAt, goneBy } = closureTimes(requestedAt);
      expect(goneBy.getTime() - firstSweepFrom(closesAt).getTime()).toBeGreaterThanOrEqual(5 * 3_600_000 - 300_000);
      expect(closesAt.getTime() - requestedAt.getTime()).toBeGreaterThanOrEqual(29.75 * dayMs);
      expect(closesAt.getTime() - requestedAt.getTime()).toBeLessThanOrEqual(30 * dayMs);
      expect(goneBy.getUTCHours()).toBe(0);
    }
  });
});

describe("reminders", () => {
  const closesAt = at("2025-02-14T12:00:00Z");
  const left = (days: number) => new Date(closesAt.getTime() - days * dayMs);

  it.each([
    [30, 30],
    [29.9, 30],
    [7.01, 30],
    [7, 7],
    [1.5, 7],
    [1, 1],
    [0.01, 1],
  ])("with %s days left, the one of %s days is the nearest", (days, reminder) => {
    expect(dueReminder(closesAt, left(days))).toBe(reminder);
  });

  it("are none once the grace is over", () => {
    expect(dueReminder(closesAt, closesAt)).toBeUndefined();
    expect(dueReminder(closesAt, left(-3))).toBeUndefined();
  });

  it("count days as people do", () => {
    expect([daysLeft(closesAt, left(30)), daysLeft(closesAt, left(0.2)), daysLeft(closesAt, left(-1))]).toEqual([
      30, 1, 0,
    ]);
  });
});
