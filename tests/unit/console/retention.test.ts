import { describe, expect, it } from "@jest/globals";
import { adjustableClasses, isShorter } from "../../../functions/src/retention/policy.ts";
import {
  boundsText,
  coversText,
  isShortening,
  isWithin,
  offeredPeriods,
  periodText,
  periodWithin,
} from "../../../hosting/console/src/words/retention.ts";

describe("retention periods in words", () => {
  it.each([
    [1, "1 day"],
    [30, "30 days"],
    [90, "90 days"],
    [365, "12 months"],
    [395, "13 months"],
    [400, "400 days"],
    [1095, "3 years"],
    [3650, "10 years"],
    [null, "While the account is active"],
  ])("says %p days as %s", (days, words) => {
    expect(periodText(days)).toBe(words);
  });

  it("says a period within a sentence", () => {
    expect(periodWithin(null)).toBe("while the account is active");
  });

  it("says both bounds, one, or that there is none", () => {
    expect(boundsText({ minimumDays: 365, maximumDays: 3650 })).toBe("At least 12 months, at most 10 years");
    expect(boundsText({ minimumDays: 1, maximumDays: 7 })).toBe("At most 7 days");
    expect(boundsText({ minimumDays: 1, maximumDays: null })).toBe("Any period");
  });

  it("names what a class holds, each thing once", () => {
    expect(coversText(["receipts", "auditPending", "auditBundles"])).toBe("Receipts, audit entries");
  });
});

describe("the choice of a period", () => {
  it.each(Object.entries(adjustableClasses))(
    "offers for %s only what the API takes, its default among it",
    (_, choice) => {
      const offered = offeredPeriods(choice);
      expect(offered.length).toBeGreaterThan(0);
      for (const days of offered) expect(isWithin(choice, days)).toBe(true);
      if (choice.defaultDays !== null) expect(offered).toContain(choice.defaultDays);
    },
  );

  it("takes whole days within the bounds, and no end only where there is no longest", () => {
    const bounds = { minimumDays: 10, maximumDays: 20 };
    expect([9, 10, 10.5, 20, 21, null].map((days) => isWithin(bounds, days))).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
    expect(isWithin({ minimumDays: 1, maximumDays: null }, null)).toBe(true);
  });

  it("agrees with the API on what is a shortening", () => {
    for (const current of [7, 30, null])
      for (const next of [7, 30, null]) expect(isShortening(current, next)).toBe(isShorter(next, current));
  });
});
