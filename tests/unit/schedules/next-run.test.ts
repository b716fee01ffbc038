import { describe, expect, it } from "@jest/globals";
import { isTimeZone, nextRun } from "../../../functions/src/schedules/next-run.ts";
import type { Rhythm } from "../../../functions/src/schedules/schedule.ts";

const next = (rhythm: Rhythm, after: string) => nextRun(rhythm, new Date(after)).toISOString().slice(0, 16);
const weekly = (day: number, hour: number, timeZone: string): Rhythm => ({ every: "week", day, hour, timeZone });
const monthly = (day: number, hour: number, timeZone: string): Rhythm => ({ every: "month", day, hour, timeZone });

describe("the next run of a schedule", () => {
  it.each([
    ["later today", weekly(3, 15, "Etc/UTC"), "2025-01-15T12:00:00Z", "2025-01-15T15:00"],
    ["in a week when the hour has come", weekly(3, 12, "Etc/UTC"), "2025-01-15T12:00:00Z", "2025-01-22T12:00"],
    ["on the Sunday of this week", weekly(7, 0, "Etc/UTC"), "2025-01-15T12:00:00Z", "2025-01-19T00:00"],
    ["on a Monday that has begun there", weekly(1, 1, "Pacific/Auckland"), "2025-01-19T11:30:00Z", "2025-01-19T12:00"],
    ["next month", monthly(10, 3, "Etc/UTC"), "2025-01-15T12:00:00Z", "2025-02-10T03:00"],
    ["over the end of a year", monthly(1, 0, "Etc/UTC"), "2025-12-15T00:00:00Z", "2026-01-01T00:00"],
    ["on the 28th, in February too", monthly(28, 3, "Etc/UTC"), "2025-02-01T00:00:00Z", "2025-02-28T03:00"],
    [
      "on a first that is still the last elsewhere",
      monthly(1, 0, "Asia/Tokyo"),
      "2025-01-15T00:00:00Z",
      "2025-01-31T15:00",
    ],
    ["in winter", weekly(1, 9, "Europe/Dublin"), "2025-03-20T00:00:00Z", "2025-03-24T09:00"],
    [
      "in summer, at the same hour of the wall",
      weekly(1, 9, "Europe/Dublin"),
      "2025-03-25T00:00:00Z",
      "2025-03-31T08:00",
    ],
    ["after an hour that is skipped", weekly(7, 1, "Europe/Dublin"), "2025-03-29T00:00:00Z", "2025-03-30T01:00"],
    [
      "at the first of an hour that comes twice",
      weekly(7, 1, "Europe/Dublin"),
      "2025-10-25T00:00:00Z",
      "2025-10-26T00:00",
    ],
    ["not again at the second of them", weekly(7, 1, "Europe/Dublin"), "2025-10-26T00:00:00Z", "2025-11-02T01:00"],
    ["where the difference is half an hour", weekly(1, 9, "Asia/Kolkata"), "2025-01-15T12:00:00Z", "2025-01-20T03:30"],
    [
      "where clocks move by half an hour",
      weekly(7, 2, "Australia/Lord_Howe"),
      "2025-10-04T00:00:00Z",
      "2025-10-04T15:30",
    ],
    ["where a day was left out", monthly(30 - 2, 9, "Pacific/Apia"), "2011-12-20T00:00:00Z", "2011-12-28T19:00"],
  ] as const)("is %s", (_what, rhythm, after, expected) => {
    expect(next(rhythm, after)).toBe(expected);
  });

  it("is always later, at the wall's hour unless clocks skip it, once a period, through ten years of clock changes", () => {
    for (const timeZone of [
      "Europe/Dublin",
      "America/New_York",
      "Australia/Lord_Howe",
      "America/Sao_Paulo",
      "Africa/Casablanca",
    ]) {
      for (const rhythm of [weekly(7, 2, timeZone), monthly(28, 0, timeZone)]) {
        let at = new Date("2020-01-01T00:00:00Z");
        let runs = 0;
        while (at.getUTCFullYear() < 2030) {
          const run = nextRun(rhythm, at);
          const days = (run.getTime() - at.getTime()) / 86_400_000;
          expect(days).toBeGreaterThan(0);
          expect(days).toBeLessThan(rhythm.every === "week" ? 7.1 : 31.1);
          at = run;
          runs += 1;
        }
        const expected = rhythm.every === "week" ? 522 : 120;
        expect(Math.abs(runs - expected)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("knows which time zones there are", () => {
    expect([isTimeZone("Europe/Dublin"), isTimeZone("Etc/UTC"), isTimeZone("Mars/Olympus")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
