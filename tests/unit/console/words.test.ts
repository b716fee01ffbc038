import { describe, expect, it } from "@jest/globals";
import { closureJob } from "../../../functions/src/closure/closure-job.ts";
import { exportJob } from "../../../functions/src/exports/export-job.ts";
import { knowledgeJob } from "../../../functions/src/knowledge/knowledge-job.ts";
import { type AuditAction, actions } from "../../../functions/src/ledger/actions.ts";
import { type ErrorCode, errorKinds } from "../../../functions/src/platform/errors.ts";
import { webhookJob } from "../../../functions/src/recipients/webhook-job.ts";
import { retentionJob } from "../../../functions/src/retention/retention-job.ts";
import { rotationJob } from "../../../functions/src/rotation/rotation-job.ts";
import { erasureJob } from "../../../functions/src/subject-requests/erasure/erasure-job.ts";
import { metadataLines, partyName, sentenceOf } from "../../../hosting/console/src/words/audit.ts";
import { progressOf } from "../../../hosting/console/src/words/jobs.ts";
import { wordsOf } from "../../../hosting/console/src/words/problems.ts";
import { remainingText, staysText } from "../../../hosting/console/src/words/time.ts";

const sentence = (action: AuditAction, targets: Parameters<typeof sentenceOf>[0]["targets"]) =>
  sentenceOf({ action, title: "Unknown", targets })
    .map((piece) => ("text" in piece ? piece.text : partyName(piece.party)))
    .join("");

/** Codes that staff never meet: what only visitors' routes answer, and what is a bug wherever it shows. */
const notForStaff = new Set<string>([
  "method-not-allowed",
  "turn-in-progress",
  "model-declined",
  "answer-too-long",
  "identity-refused",
  "consent-required",
  "ciphertext-invalid",
  "ledger-malformed",
  "document-malformed",
  "residue-found",
  "recipient-unanswered",
  "step-unknown",
  "ledger-held",
]);

describe("the audit trail in sentences", () => {
  it.each(Object.keys(actions) as AuditAction[])("has a sentence for %s", (action) => {
    expect(sentence(action, [])).not.toContain("unknown");
  });

  it("names a person by the end of their id, and an erased one as such", () => {
    expect(sentence("subject-read", [{ kind: "subject", id: "abcdefghij0123456789" }])).toBe(
      "looked up visitor 456789",
    );
    expect(sentence("subject-read", [{ kind: "subject", erased: true }])).toBe("looked up an erased person");
  });

  it("names a member from the team, and by id where the team does not know them", () => {
    const member = { kind: "member", id: "uid000000000000001" };
    expect(partyName(member, new Map([[member.id, "Tom Brennan"]]))).toBe("Tom Brennan");
    expect(partyName(member)).toBe("member 000001");
  });

  it("shows an action that this page does not know by its title", () => {
    const pieces = sentenceOf({ action: "made-tea" as AuditAction, title: "Tea made", targets: [] });
    expect(pieces).toEqual([{ text: "— tea made" }]);
  });

  it("shortens digests and lists changed fields", () => {
    const metadata = { receiptDigest: "9f86d081884c7d659a2feaa0c55ad015", fields: ["privacyContact", "name"] };
    expect(metadataLines({ metadata })).toEqual(["Receipt digest: 9f86d081884c7d65…", "Fields: privacy contact, name"]);
  });
});

describe("jobs in words", () => {
  const kinds = [closureJob, erasureJob, exportJob, knowledgeJob, retentionJob, rotationJob, webhookJob];
  const steps = kinds.flatMap((kind) => kind.steps.map((step) => [kind.name, step.name] as const));

  it.each(steps)("knows the step of %s that is called %s", (kind, step) => {
    expect(progressOf({ kind, step, state: "running" })?.steps.map(({ name }) => name)).toContain(step);
  });

  it.each(kinds.map((kind) => [kind.name, kind] as const))(
    "has the steps of %s in the order in which they run",
    (_, kind) => {
      const shown = progressOf({ kind: kind.name, step: kind.steps[0].name, state: "running" });
      expect(shown?.steps.map(({ name }) => name)).toEqual(kind.steps.map(({ name }) => name));
    },
  );

  it("is through with every step when the job is done", () => {
    const progress = progressOf({ kind: "erasure", step: "forget-input", state: "done" });
    expect(progress?.at).toBe(progress?.steps.length);
  });

  it("shows a step that this page does not know without pretending to know where it stands", () => {
    expect(progressOf({ kind: "erasure", step: "brew-tea", state: "running" })).toBeUndefined();
  });
});

describe("failures in words", () => {
  const codes = (Object.keys(errorKinds) as ErrorCode[]).filter((code) => !notForStaff.has(code));

  it.each(codes)("says what %s means, and what to do", (code) => {
    const { says, todo } = wordsOf(code, "Unknown");
    expect(says).not.toBe("Unknown.");
    expect(todo).toMatch(/\.$/);
  });
});

describe("how long something stays", () => {
  it.each([
    ["30 days", "for 30 days"],
    ["45 days, or when the requested removal is done", "for 45 days, or when the requested removal is done"],
    ["unknown", "for as long as they exist"],
    ["the end of the hold", "until the end of the hold"],
    ["2027-03-01T12:00:00.000Z", "until 1 Mar 2027"],
  ])("reads %s as %s", (until, words) => {
    expect(staysText(until)).toBe(words);
  });
});

it.each([
  [1, "less than a minute left"],
  [45, "about a minute left"],
  [130, "about 2 minutes left"],
  [3_590, "about an hour left"],
  [3 * 3600, "about 3 hours left"],
])("says of %d seconds what can be known of them", (seconds, text) => {
  expect(remainingText(seconds)).toBe(text);
});
