import type { AuditEntry, AuditParty } from "../api/privacy-shapes.ts";
import type { AuditAction } from "../api/shapes.ts";
import { humanize, roleNames, shortId } from "./things.ts";
import { dayOf } from "./time.ts";

/** A piece of a sentence: words, or a party that can be shown as a link. */
export type Piece = { text: string } | { party: AuditParty };

/**
 * What each action says after the actor. `{kind}` stands for the target of that kind, `{#name}` for a value of the
 * metadata. An action without a sentence is shown by the title that the API gives: it may be newer than this page.
 */
const sentences: Partial<Record<AuditAction, string>> = {
  "tenant-created": "opened the account",
  "settings-changed": "changed the settings",
  "retention-changed": "changed the retention policy",
  "retention-run": "purged expired data",
  "agent-created": "created an agent",
  "agent-changed": "changed the agent",
  "channel-created": "created a channel",
  "channel-changed": "changed a channel",
  "notice-published": "published a privacy notice",
  "knowledge-uploaded": "uploaded a document",
  "knowledge-read": "read a document",
  "knowledge-deleted": "deleted a document",
  "member-added": "added {member} to the team",
  "member-role-changed": "changed the role of {member}",
  "member-removed": "removed {member} from the team",
  "api-key-created": "created an API key",
  "api-key-revoked": "revoked an API key",
  "identity-key-added": "registered a public key for visitors' identities",
  "identity-key-removed": "removed a public key for visitors' identities",
  "identity-refused": "was refused: the identity token does not hold",
  "recipient-told": "told a recipient",
  "webhook-changed": "changed the endpoint that is told of erasures",
  "webhook-deleted": "removed the endpoint that is told of erasures",
  "webhook-secret-rotated": "replaced the signing secret of the webhook",
  "api-key-used": "was used",
  "password-changed": "changed their password",
  "signed-in": "signed in",
  "sign-in-failed": "was refused at sign-in",
  "signed-out": "signed out",
  "live-token-issued": "opened the live view of jobs",
  "permission-refused": "was refused: their role does not allow it",
  "session-started": "started a visit",
  "conversation-started": "started a conversation",
  "conversation-listed": "listed conversations",
  "conversation-changed": "assigned or labeled a conversation",
  "conversation-read": "read a conversation of {subject}",
  "subject-read": "looked up {subject}",
  "subject-searched": "searched for an address",
  "leads-read": "read a lead of {subject}",
  "lead-created": "left a message for your team",
  "lead-changed": "changed a lead of {subject}",
  "consent-given": "gave a consent",
  "consent-withdrawn": "withdrew a consent",
  "identifier-verified": "verified an address of {subject}",
  "request-received": "received a privacy request of {subject}",
  "request-completed": "completed a privacy request of {subject}",
  "export-requested": "asked for an export of {subject}",
  "export-completed": "finished an export of {subject}",
  "export-link-issued": "got a link to an export of {subject}",
  "export-deleted": "deleted an export file",
  "erasure-previewed": "previewed the erasure of {subject}",
  "erasure-requested": "asked for the erasure of {subject}",
  "key-destroyed": "destroyed the key of {subject}",
  "leftover-erased": "deleted what was left of an erasure",
  "erasure-completed": "completed the erasure of {subject}",
  "subject-restricted": "restricted processing for {subject}",
  "restriction-lifted": "lifted the restriction for {subject}",
  "hold-placed": "placed a hold on items of {subject}",
  "hold-extended": "extended a hold on items of {subject}",
  "hold-lifted": "lifted a hold on items of {subject}",
  "hold-ended": "ended a hold that had lapsed",
  "held-item-read": "read a held item of an erased person",
  "deadline-reminded": "reminded staff of a deadline",
  "keys-rotated": "rotated keys",
  "audit-read": "read the audit trail",
  "restricted-data-used": "used data of {subject}, who is restricted",
  "subject-rectified": "corrected the data of {subject}",
  "objection-received": "received an objection of {subject}",
  "objection-decided": "decided an objection of {subject}",
  "audit-pruned": "deleted entries past their retention",
  "schedule-created": "scheduled exports of the account",
  "schedule-changed": "changed when exports of the account run",
  "schedule-deleted": "deleted a schedule of exports",
  "closure-requested": "asked for the deletion of the account",
  "closure-cancelled": "cancelled the deletion of the account",
  "closure-waived": "waived the rest of the grace period",
  "closure-started": "began to delete the account",
  "closure-completed": "deleted the account",
  "restore-completed": "restored the database",
  "job-retried": "retried a job",
  "job-cancelled": "cancelled a job",
};

/** The sentence after the actor's name. */
export function sentenceOf(entry: Pick<AuditEntry, "action" | "title" | "targets">): readonly Piece[] {
  const template = sentences[entry.action];
  if (template === undefined) return [{ text: `— ${entry.title.toLowerCase()}` }];
  return template
    .split(/(\{[a-z-]+\})/)
    .filter((part) => part !== "")
    .map((part) => {
      const kind = /^\{([a-z-]+)\}$/.exec(part)?.[1];
      if (kind === undefined) return { text: part };
      const party = entry.targets.find((target) => target.kind === kind);
      return party === undefined ? { text: nobodyOf(kind) } : { party };
    });
}

/**
 * What to call whoever acted or was acted upon.
 *
 * @param memberNames - by uid, where the reader may know them.
 */
export function partyName(party: AuditParty, memberNames: ReadonlyMap<string, string> = new Map()): string {
  if (party.erased === true) return party.id === undefined ? "an erased person" : `erased person ${shortId(party.id)}`;
  const member = party.kind === "member" && party.id !== undefined ? memberNames.get(party.id) : undefined;
  if (member !== undefined) return member;
  if (party.name !== undefined && party.name !== "") return party.name;
  if (party.kind === "system") return "Lethe";
  if (party.kind === "operator") return "The operator of Lethe";
  if (party.kind === "data-subject") return party.id === undefined ? "A visitor" : `Visitor ${shortId(party.id)}`;
  if (party.kind === "subject") return party.id === undefined ? "a person" : `visitor ${shortId(party.id)}`;
  if (party.kind === "member") return party.id === undefined ? "a member" : `member ${shortId(party.id)}`;
  if (party.kind === "api-key") return "An API key";
  return humanize(party.kind);
}

type Values = Readonly<Record<string, { before: unknown; after: unknown }>>;

function changeLine([field, { before, after }]: [string, Values[string]]): string {
  return `${humanize(field)}: ${valueText(field, String(before ?? "none"))} → ${valueText(field, String(after ?? "none"))}`;
}

/** A list of metadata in words: `fields: name, website`. */
export function metadataLines(entry: Pick<AuditEntry, "metadata">): readonly string[] {
  return Object.entries(entry.metadata).flatMap(([name, value]) => {
    // What is not the case goes without saying.
    if (value === false) return [];
    // Nobody reads a commitment; it is there for whoever checks a value against it.
    if (name === "commitments") return [];
    if (name === "values") return Object.entries(value as Values).map(changeLine);
    const shown = Array.isArray(value)
      ? value.map((item) => humanize(String(item)).toLowerCase()).join(", ") || "nothing"
      : valueText(name, String(value));
    return [value === true ? humanize(name) : `${humanize(name)}: ${shown}`];
  });
}

/**
 * Why it was done, in the words of whoever did it.
 *
 * @returns undefined where no reason was given; `gone` when it went with its person.
 */
export function reasonOf(entry: Pick<AuditEntry, "targets">): { text: string } | "gone" | undefined {
  const reason = entry.targets.find(({ kind }) => kind === "reason");
  if (reason === undefined) return undefined;
  return reason.id === undefined ? "gone" : { text: reason.id };
}

function valueText(name: string, value: string): string {
  if (name.toLowerCase().includes("digest")) return `${value.slice(0, 16)}…`;
  return name === "role" ? ((roleNames as Record<string, string>)[value] ?? value) : value;
}

function nobodyOf(kind: string): string {
  if (kind === "subject") return "a person";
  return kind === "member" ? "a member" : `a ${humanize(kind).toLowerCase()}`;
}

/** Kinds of entry that can be asked for by themselves, with words for each. */
export const filterChoices: readonly { value: AuditAction; label: string }[] = [
  { value: "conversation-read", label: "Conversations read" },
  { value: "subject-read", label: "People looked up" },
  { value: "subject-searched", label: "Addresses searched" },
  { value: "leads-read", label: "Leads read" },
  { value: "export-requested", label: "Exports asked for" },
  { value: "export-link-issued", label: "Export links issued" },
  { value: "erasure-requested", label: "Erasures asked for" },
  { value: "erasure-completed", label: "Erasures completed" },
  { value: "subject-restricted", label: "Processing restricted" },
  { value: "objection-received", label: "Objections received" },
  { value: "hold-placed", label: "Holds placed" },
  { value: "retention-changed", label: "Retention changed" },
  { value: "signed-in", label: "Sign-ins" },
  { value: "sign-in-failed", label: "Sign-ins refused" },
  { value: "permission-refused", label: "Refused by permission" },
  { value: "member-added", label: "Members added" },
  { value: "member-role-changed", label: "Roles changed" },
  { value: "member-removed", label: "Members removed" },
  { value: "api-key-created", label: "API keys created" },
  { value: "settings-changed", label: "Settings changed" },
  { value: "notice-published", label: "Notices published" },
  { value: "knowledge-uploaded", label: "Documents uploaded" },
  { value: "audit-read", label: "Audit trail read" },
];

/** What became of entries past the audit retention, in a sentence. */
export function prunedSentence(pruned: { entries: number; until: string; days: number }): string {
  const until = dayOf(new Date(pruned.until));
  return (
    `The first ${pruned.entries.toLocaleString("en")} entries, up to ${until}, were deleted after ${pruned.days} days. ` +
    "Their hashes stay in the log, so proofs from before still hold."
  );
}
