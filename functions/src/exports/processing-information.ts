import type { Entry, LegalBasis, RetentionClass, ThirdPartyEntry } from "../inventory/entry.ts";
import { inventory } from "../inventory/inventory.ts";
import type { JsonObject } from "../ledger/canonical-json.ts";
import type { Profile } from "../subjects/profile.ts";
import { exportedCollections } from "./payload-files.ts";
import type { Export } from "./store.ts";

const entries: [string, Entry][] = Object.entries(inventory);

/** Legal bases as a data subject is told of them. @see GDPR Art. 6(1) */
const bases: Readonly<Record<Exclude<LegalBasis, "not-personal">, string>> = {
  consent: "Your consent (GDPR Art. 6(1)(a)), which you can withdraw at any time",
  contract: "What you asked for: a contract with you, or steps towards one at your request (GDPR Art. 6(1)(b))",
  "legal-obligation": "A legal obligation of the controller (GDPR Art. 6(1)(c))",
  "legitimate-interest": "Legitimate interests of the controller (GDPR Art. 6(1)(f)): running and securing its service",
};

/** When a class that is not counted in days ends. */
const endings: Readonly<Partial<Record<RetentionClass, string>>> = {
  "with-its-subject": "Until your data is erased",
  "with-its-tenant": "Until the controller closes its account",
  "with-its-job": "Until the work that needs it is done",
  provider: "Outside of our reach",
};

/** What Art. 15 information is made of, besides the inventory. */
export interface ProcessingFacts {
  scope: Export["scope"];
  controller: string;
  privacyContact: string;
  region: string;
  /** Host of the business's own endpoint, where it has one. */
  webhookHost?: string | undefined;
  /** Days that the controller keeps a class; null for as long as its account is active, undefined where days do not count. */
  daysKept: (name: RetentionClass) => number | null | undefined;
  /** Records in the export, by collection. */
  counts: Readonly<Record<string, number>>;
  /** The person's profile; empty for a whole account. */
  profile: Profile;
}

/** Whether an entry may hold data of data subjects, and not of the business's staff alone. */
function isAboutDataSubjects([, entry]: [string, Entry]): boolean {
  return entry.classification === "personal" && !("about" in entry && entry.about === "staff");
}

/** How long, in words. A copy outside the databases goes by its own window. */
function periodOf(entry: Entry, { daysKept }: ProcessingFacts): string {
  const window = "windowDays" in entry && entry.windowDays > 0 ? entry.windowDays : undefined;
  const days = window ?? daysKept(entry.retention);
  if (days === null) return "As long as the controller's account is active";
  if (days === undefined) return endings[entry.retention] ?? "As long as its purpose needs it";
  return days === 1 ? "1 day" : `${days} days`;
}

function sourcesOf({ scope, profile }: ProcessingFacts): string[] {
  const vouched = profile.reference !== undefined || profile.verifiedEmail !== undefined;
  return [
    "Collected from you, in the chat.",
    ...(vouched
      ? [
          `The controller, which knows you already and vouched for who you are: ${[
            ...(profile.reference === undefined ? [] : ["its own reference for you"]),
            ...(profile.verifiedEmail === undefined ? [] : ["your e-mail address"]),
          ].join(" and ")}.`,
        ]
      : []),
    ...(scope === "account" ? ["For visitors whose identity the controller vouched for, the controller."] : []),
  ];
}

/** What a data subject is told besides the data. @see GDPR Art. 15(1)(a)-(h), 15(2) */
export function processingInformation(facts: ProcessingFacts): JsonObject {
  const isRecipient = ({ controlledBy }: ThirdPartyEntry) =>
    controlledBy === undefined || facts.webhookHost !== undefined;
  const named = ({ recipient, controlledBy }: ThirdPartyEntry) =>
    controlledBy === undefined ? recipient : `${recipient} (${facts.webhookHost ?? ""})`;
  return {
    controller: facts.controller,
    contact: facts.privacyContact,
    processor: "Lethe",
    place: facts.region,
    purposes: entries.filter(isAboutDataSubjects).map(([name, entry]) => ({
      where: name,
      purpose: entry.purpose,
      ...(entry.legalBasis === "not-personal" ? {} : { legalBasis: bases[entry.legalBasis] }),
      retention: periodOf(entry, facts),
    })),
    // What this very export holds records of, in the words of the inventory.
    categories: exportedCollections(facts.scope)
      .filter(({ entry }) => entry.classification === "personal" && (facts.counts[entry.name] ?? 0) > 0)
      .map(({ entry }) => entry.purpose),
    recipients: entries.flatMap(([, entry]) =>
      entry.kind === "third-party" && entry.about === "data-subjects" && isRecipient(entry)
        ? [{ name: named(entry), place: entry.place, transferBasis: entry.transferBasis, deletion: entry.deletion }]
        : [],
    ),
    source: sourcesOf(facts),
    automatedDecisions:
      "Answers are written by an AI. No decision with legal or similarly significant effect is made by it (GDPR Art. 22).",
    rights: [
      "Access and a copy (Art. 15)",
      "Correction (Art. 16)",
      "Erasure (Art. 17)",
      "Restriction (Art. 18)",
      "Portability (Art. 20)",
      "Objection (Art. 21)",
      "Withdrawal of consent at any time (Art. 7(3))",
      "Complaint to a supervisory authority (Art. 77)",
    ],
  };
}

/** Each field of the export in words, and whether the person provided it. */
export function fieldDocumentation(scope: "person" | "account"): JsonObject {
  return Object.fromEntries(
    exportedCollections(scope).map(({ entry, rule }) => [
      entry.name,
      {
        file: `data/${rule.folder}/${entry.name}.json`,
        purpose: entry.purpose,
        fields: Object.fromEntries(
          Object.entries(rule.fields).map(([field, words]) => [
            field,
            { meaning: words, provided: rule.provided.includes(field) },
          ]),
        ),
      },
    ]),
  );
}
