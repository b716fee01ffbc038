import { describe, expect, it } from "@jest/globals";
import { type ProcessingFacts, processingInformation } from "../../../functions/src/exports/processing-information.ts";
import { daysInForce, type RetentionPolicy } from "../../../functions/src/retention/policy.ts";

const now = new Date("2025-01-15T12:00:00Z");

function told(policy: RetentionPolicy, facts: Partial<ProcessingFacts> = {}) {
  const information = processingInformation({
    scope: "person",
    controller: "Bakery & Co",
    privacyContact: "Olive <privacy@bakery.example>",
    region: "eu",
    daysKept: (name) => daysInForce(policy, name, now),
    counts: { turns: 3, leads: 0 },
    profile: {},
    ...facts,
  });
  return information as unknown as {
    purposes: { where: string; legalBasis: string; retention: string }[];
    categories: string[];
    source: string[];
  };
}

const purpose = (policy: RetentionPolicy, name: string) => told(policy).purposes.find(({ where }) => where === name);

describe("Art. 15 information", () => {
  it("gives the controller's own periods in words, and the default where nothing was chosen", () => {
    const policy = { conversation: { days: 90, from: new Date("2025-01-01T00:00:00Z"), before: 365 } };
    expect(purpose({}, "turns")?.retention).toBe("365 days");
    expect(purpose(policy, "turns")?.retention).toBe("90 days");
    expect(purpose({ conversation: { ...policy.conversation, days: null } }, "turns")?.retention).toBe(
      "As long as the controller's account is active",
    );
    // Announced and not in force yet.
    const later = { conversation: { ...policy.conversation, from: new Date("2025-01-16T00:00:00Z") } };
    expect(purpose(later, "turns")?.retention).toBe("365 days");
  });

  it("names periods and legal bases for everything, and no code of ours", () => {
    for (const { legalBasis, retention } of told({}).purposes) {
      expect(retention).toMatch(/^([1-9]\d* days?|As long as .+|Until .+|Outside .+)$/);
      expect(legalBasis).toMatch(/GDPR Art\. 6\(1\)\([a-f]\)/);
    }
    expect(purpose({}, "vertexAi")?.retention).toBe("30 days");
    expect(purpose({}, "dataBackups")?.retention).toBe("30 days");
  });

  it("leaves out what is about the business's staff", () => {
    const places = told({}).purposes.map(({ where }) => where);
    expect(places).toContain("turns");
    for (const staff of ["firebaseAuth", "stripeBilling", "platformRequestLogs", "members", "sessions"]) {
      expect(places).not.toContain(staff);
    }
  });

  it("names the categories that there are records of, and no others", () => {
    expect(told({}).categories).toEqual(["What a data subject asked and what was answered."]);
  });

  it("says that the business vouched, where it did", () => {
    expect(told({}).source).toEqual(["Collected from you, in the chat."]);
    expect(told({}, { profile: { reference: "c-1", verifiedEmail: "a@people.example" } }).source[1]).toBe(
      "The controller, which knows you already and vouched for who you are: its own reference for you and your e-mail address.",
    );
  });
});
