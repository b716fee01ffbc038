import type { Entry, ThirdPartyEntry } from "../inventory/entry.ts";
import { inventory } from "../inventory/inventory.ts";
import type { JsonObject } from "../ledger/canonical-json.ts";
import { exportedCollections } from "./payload-files.ts";

const entries: [string, Entry][] = Object.entries(inventory);

/** What a data subject is told besides the data. @see GDPR Art. 15(1)(a)-(h), 15(2) */
export function processingInformation(facts: {
  controller: string;
  privacyContact: string;
  region: string;
  /** Host of the business's own endpoint, where it has one. */
  webhookHost?: string | undefined;
}): JsonObject {
  const isRecipient = ({ controlledBy }: ThirdPartyEntry) =>
    controlledBy === undefined || facts.webhookHost !== undefined;
  const named = ({ recipient, controlledBy }: ThirdPartyEntry) =>
    controlledBy === undefined ? recipient : `${recipient} (${facts.webhookHost ?? ""})`;
  const personal = entries.filter(([, entry]) => entry.classification === "personal");
  return {
    controller: facts.controller,
    contact: facts.privacyContact,
    processor: "Lethe",
    place: facts.region,
    purposes: personal.map(([name, entry]) => ({
      where: name,
      purpose: entry.purpose,
      legalBasis: entry.legalBasis,
      retention: entry.retention,
    })),
    categories: [
      "What you wrote and what was answered",
      "Name and contact details, if you gave them",
      "Consents and requests",
      "How each answer was made",
    ],
    recipients: entries.flatMap(([, entry]) =>
      entry.kind === "third-party" && entry.about === "data-subjects" && isRecipient(entry)
        ? [{ name: named(entry), place: entry.place, transferBasis: entry.transferBasis, deletion: entry.deletion }]
        : [],
    ),
    source: "Collected from you, in the chat.",
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
