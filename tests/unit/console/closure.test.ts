import { describe, expect, it } from "@jest/globals";
import { bannerText, closingSteps, closingText } from "../../../hosting/console/src/words/closure.ts";

const closure = {
  requestedAt: "2025-01-15T12:00:00Z",
  closesAt: "2025-02-14T12:00:00Z",
  goneBy: "2025-02-15T00:00:00Z",
  daysLeft: 30,
};
const closing = { state: "closing", graceDays: 30, holds: 0, closure } as const;

describe("the end of an account in words", () => {
  it("counts the days that are left, and says when there are none", () => {
    expect(bannerText(closing)).toContain("deleted in 30 days");
    expect(bannerText({ ...closing, closure: { ...closure, daysLeft: 1 } })).toContain("in 1 day.");
    expect(bannerText({ ...closing, closure: { ...closure, daysLeft: 0 } })).toContain("within the hour");
    expect(bannerText({ ...closing, closure: { ...closure, waivedAt: closure.requestedAt } })).toContain(
      "within the hour",
    );
    expect(bannerText({ ...closing, state: "deleting" })).toContain("Nothing can be taken back");
  });

  it("says by when everything is gone, and that it began once it did", () => {
    expect(closingText(closing)).toContain("everything is gone by 15 Feb 2025");
    expect(closingText({ ...closing, closure: { ...closure, startedAt: closure.closesAt } })).toContain(
      "began on 14 Feb 2025",
    );
    expect(closingText({ state: "open", graceDays: 30, holds: 0 })).toBe("");
  });

  it("names the end of the grace to whoever thinks of asking", () => {
    const steps = closingSteps(30, new Date("2025-01-15T12:00:00Z"));
    expect(steps.map(({ when }) => when)).toContain("By the end of 14 Feb 2025");
  });
});
