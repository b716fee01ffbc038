import { describe, expect, it } from "@jest/globals";
import { reasonOf } from "../../../hosting/console/src/words/audit.ts";
import {
  correctionBody,
  corrections,
  dateField,
  endOfDay,
  groundText,
  heldText,
  liftable,
  objectionText,
  toldBefore,
} from "../../../hosting/console/src/words/rights.ts";

describe("a correction", () => {
  const before = { name: "Carl", email: "carl@people.example" };

  it("lists changed fields with what they were, and removes an emptied one", () => {
    const changes = corrections(before, { name: " Karl ", email: "", phone: "" });
    expect(changes.map(({ field, before: was, after }) => [field, was, after])).toEqual([
      ["name", "Carl", "Karl"],
      ["email", "carl@people.example", undefined],
    ]);
    expect(correctionBody(changes)).toEqual({ name: "Karl", email: null });
  });

  it("is none when nothing but space was typed", () => {
    expect(corrections(before, { name: "Carl ", email: "carl@people.example", phone: " " })).toEqual([]);
  });
});

describe("rights in words", () => {
  it("tells only verified e-mail addresses before a restriction is lifted", () => {
    expect(
      toldBefore([
        { kind: "email", level: "verified", value: "a@people.example" },
        { kind: "email", level: "verified", value: "of-a-lead@people.example" },
        { kind: "email", level: "stated", value: "b@people.example" },
        { kind: "phone", level: "verified", value: "+353 1 555 0100" },
        { kind: "email", level: "verified" },
      ]),
    ).toEqual(["a@people.example", "of-a-lead@people.example"]);
  });

  it("counts what a hold keeps", () => {
    const lead = { kind: "lead", id: "a" } as const;
    const conversation = { kind: "conversation", id: "b" } as const;
    expect(heldText([lead, conversation, conversation])).toBe("2 conversations and 1 lead");
    expect(heldText([lead])).toBe("1 lead");
  });

  it("keeps a hold through the whole of its last day, wherever the reader is", () => {
    const end = endOfDay("2027-03-31");
    expect(end === undefined ? undefined : dateField(end)).toBe("2027-03-31");
    expect(end?.getHours()).toBe(23);
    expect(endOfDay("")).toBeUndefined();
  });

  it("says how an objection stands", () => {
    const restriction = { grounds: ["objection"], since: "2025-01-15T12:00:00Z" } as const;
    expect(objectionText({ ...restriction, objection: "undecided" })).toContain("Waits for your decision");
    expect(objectionText(undefined)).toContain("None is open");
  });

  it("offers to take away every ground but an objection that is undecided", () => {
    const restriction = { grounds: ["accuracy", "objection"], since: "2025-01-15T12:00:00Z" } as const;
    const offered = (objection: "undecided" | "upheld") =>
      liftable({ ...restriction, objection }).map(({ value }) => value);
    expect(offered("undecided")).toEqual(["accuracy"]);
    expect(offered("upheld")).toEqual(["accuracy", "objection"]);
    expect(groundText(restriction.grounds)).toMatch(/contested.*; the person objected/);
  });
});

describe("the reason of an act", () => {
  it("is shown while its person is there, and is gone afterwards", () => {
    expect(reasonOf({ targets: [{ kind: "reason", id: "asked by e-mail" }] })).toEqual({ text: "asked by e-mail" });
    expect(reasonOf({ targets: [{ kind: "reason", erased: true }] })).toBe("gone");
    expect(reasonOf({ targets: [{ kind: "subject", id: "x" }] })).toBeUndefined();
  });
});
