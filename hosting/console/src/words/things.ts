import type { CopyName, ThirdPartyName } from "../../../../functions/src/inventory/inventory.ts";
import type { CollectionName, Lead, Permission, Role, Subject } from "../api/shapes.ts";

/** Words for ids, names and numbers that the API speaks of. */

/** The last letters of an id: enough to tell two things on a screen apart. */
export function shortId(id: string): string {
  return id.slice(-6);
}

/** What to call a person: by what they told, or by their id. */
export function personName(subject: Pick<Subject, "subjectId" | "profile">): string {
  const { name, email, phone } = subject.profile;
  return name ?? email ?? phone ?? visitorName(subject.subjectId);
}

/** What to call somebody whose profile was not opened. */
export function visitorName(subjectId: string): string {
  return `Visitor ${shortId(subjectId)}`;
}

/** What a lead says, or why it says nothing. */
export function leadText({ message, subjectState }: Lead): string {
  if (message !== undefined) return message;
  return subjectState === "restricted" ? "Kept, and not shown: processing is restricted" : "No message";
}

/** A person from the first step of an erasure on: nobody can read them any more, so this page must not either. */
export function frozen({ subjectId, createdAt }: Subject): Subject {
  return { subjectId, state: "erasing", profile: {}, createdAt };
}

/** What has to be typed before a person is erased: the address, or the end of the id where none is known. */
export function confirmationOf(subject: Pick<Subject, "subjectId" | "profile">): string {
  return subject.profile.email ?? subject.profile.phone ?? shortId(subject.subjectId);
}

const stores: Partial<Record<CollectionName | "exportFiles", string>> = {
  subjects: "Profile",
  conversations: "Conversations",
  turns: "Questions and answers",
  inbox: "Staff labels and marks",
  aiSessions: "Records of how it was answered",
  leads: "Leads",
  consents: "Consents",
  requests: "Privacy requests",
  letters: "Notes of letters to the person",
  notifications: "Notices to recipients",
  exports: "Exports",
  exportFiles: "Export files",
  deks: "This person's key",
  knowledge: "Documents",
  chunks: "Passages of documents",
  holds: "Legal holds",
  receipts: "Receipts",
  evidence: "Keys of held items",
  auditPending: "Audit entries",
  identifiers: "Addresses to find them by",
  auditBundles: "Audit entries",
};

const copies: Record<CopyName | ThirdPartyName, string> = {
  deadLetters: "Messages set aside, by ids alone",
  functionLogs: "Logs of our functions, by ids alone",
  platformRequestLogs: "Request logs of the platform",
  dataBackups: "Backups of the data",
  keyBackups: "Backups of the keys",
  widgetStorage: "Session on the person's own device",
  consoleCookie: "Session of staff in their browser",
  consolePreferences: "Preferences of staff in their browser",
  downloads: "Copies that were downloaded",
  vertexAi: "Google Cloud (Vertex AI)",
  postmarkMail: "Postmark",
  tenantWebhook: "Your own software",
  firebaseAuth: "Google Cloud (Firebase Authentication)",
  stripeBilling: "Stripe",
};

/** A store of the inventory in words for staff. */
export function storeName(name: string): string {
  const known: Record<string, string | undefined> = { ...stores, ...copies };
  return known[name] ?? humanize(name);
}

/** What erasure does to a store. */
export function erasureVerb(action: string): string {
  if (action === "destroy-key") return "destroyed";
  if (action === "keep") return "kept";
  return "deleted";
}

export const roleNames: Readonly<Record<Role | "api-key", string>> = {
  owner: "Owner",
  admin: "Admin",
  privacy: "Privacy",
  support: "Support",
  viewer: "Viewer",
  "api-key": "API key",
};

export const roleWords: Readonly<Record<Role, string>> = {
  owner: "Everything, billing and closing the account included",
  admin: "Settings, team, keys and everything below",
  privacy: "Exports, erasures, holds, the audit trail and everything below",
  support: "Conversations, people and leads",
  viewer: "Documents, settings and jobs, without changing them",
};

const scopeTitles: Partial<Record<Permission, string>> = {
  "conversations:read": "Read conversations",
  "conversations:write": "Assign and label conversations",
  "subjects:read": "Read people",
  "subjects:search": "Search people by address",
  "exports:create": "Make exports",
  "exports:read": "Fetch exports",
  "erasures:create": "Erase people",
  "erasures:read": "Read receipts",
  "leads:read": "Read leads",
  "leads:write": "Mark leads as handled",
  "knowledge:read": "Read documents",
  "knowledge:write": "Upload and delete documents",
  "jobs:read": "Read jobs",
  "audit:read": "Read the audit trail",
  "account:read": "Read settings",
};

/** What a key may be allowed to do, with words for each. */
export const scopeChoices: readonly { value: Permission; label: string }[] = Object.entries(scopeTitles).map(
  ([value, label]) => ({ value: value as Permission, label }),
);

/** A size in the unit that reads best. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 question`, `3 questions`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? one : many}`;
}

/** A message of the API as a sentence. */
export function sentence(message: string): string {
  const text = message.trim().replace(/\.$/, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A name of code as words: `searchResidue` and `search-residue` as `Search residue`. */
export function humanize(name: string): string {
  const text = name
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/[-_.]+/g, " ")
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What holds while a person is being erased, and no more than that. */
export const beingErasedText =
  "Their key is destroyed first. Five minutes later no server can open what it sealed; after seven days no backup can. " +
  "What a hold keeps is sealed anew, and stays until the hold ends.";
