import type { CopyEntry, Entry } from "../../inventory/entry.ts";
import { inventory } from "../../inventory/inventory.ts";
import { evidenceBasis, evidenceEndsAt } from "../../ledger/evidence-key.ts";
import type { ErasureScope } from "./scope.ts";

/** What an erasure leaves, why, and until when. */
export type Exception = { name: string; reason: string; until: string };

const entries: [string, Entry][] = Object.entries(inventory);

/** Copies outside the databases that outlive an erasure for a time, as the inventory lists them. */
export const copies: readonly (CopyEntry & { name: string })[] = entries.flatMap(([name, entry]) =>
  "where" in entry && entry.erasure.action === "keep" ? [{ ...entry, name }] : [],
);

type ScopeKind = ErasureScope["kind"];

/** Copies that hold nothing of a scope, though they may of its person. */
const untouched: Readonly<Record<ScopeKind, ReadonlySet<string>>> = {
  person: new Set(),
  conversation: new Set(["keyBackups", "widgetStorage"]),
  lead: new Set(["keyBackups", "widgetStorage"]),
};

/** What else of the person repeats a part of what was erased. */
const elsewhere: Readonly<Record<ScopeKind, readonly Exception[]>> = {
  person: [],
  conversation: [
    {
      name: "leads",
      reason: "Leads left in the chat are erased by themselves",
      until: "they are erased, or their period is over",
    },
    { name: "widgetStorage", reason: "A token on the person's device, for a chat that is gone", until: "30 days" },
  ],
  lead: [
    {
      name: "subjects",
      reason: "Name, address and number told in a lead stand in the profile too",
      until: "it is corrected there, or the person is erased",
    },
    {
      name: "identifiers",
      reason: "Keyed hashes of address and number, by which the person is found",
      until: "the person is erased",
    },
  ],
};

/**
 * What an erasure of a scope leaves outside the collections that it deletes from. The key of what backups still hold is
 * destroyed for a person alone: for one conversation or lead it stays in use.
 *
 * @param at - when the erasure is over, from which the end of what the audit log keeps is counted.
 */
export function exceptionsOf(kind: ScopeKind, at: Date): Exception[] {
  const left = copies
    .filter(({ name }) => !untouched[kind].has(name))
    .map(({ name, erasure }) => {
      const { reason, until } = erasure.action === "keep" ? erasure : { reason: erasure.action, until: "now" };
      return { name, reason: name === "dataBackups" ? `${reason}, ${keyText[kind]}` : reason, until };
    });
  return [...left, ...elsewhere[kind], ...(kind === "person" ? [evidenceException(at)] : [])];
}

/** What the audit log keeps of a person: that it was they who gave and withdrew consents and made requests. */
function evidenceException(at: Date): Exception {
  const reason = `The person's random id in audit entries about consents and requests. ${evidenceBasis}`;
  return { name: "auditEvidence", reason, until: evidenceEndsAt(at).toISOString() };
}

const keyText: Readonly<Record<ScopeKind, string>> = {
  person: "which goes with this erasure; fields that are not sealed stay readable",
  conversation: "which stays in use; fields that are not sealed stay readable",
  lead: "which stays in use; fields that are not sealed stay readable",
};
