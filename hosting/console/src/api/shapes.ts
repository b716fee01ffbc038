import type { Permission, Role } from "../../../../functions/src/identity/permissions.ts";
import type { CollectionName } from "../../../../functions/src/inventory/inventory.ts";
import type { JobKindName } from "../../../../functions/src/jobs/job.ts";
import type { AuditAction, Crud } from "../../../../functions/src/ledger/actions.ts";

/** Shapes of the API's answers, as this console reads them. Times are RFC 3339 UTC. */

export type { AuditAction, CollectionName, Crud, JobKindName, Permission, Role };
export type Region = "eu" | "us";

/** The signed-in member. */
export interface Me {
  tenantId: string;
  region: Region;
  tenantName: string;
  tenantStatus: "active" | "closing";
  actor: { kind: "member" | "api-key"; id: string };
  name: string;
  email?: string;
  role: Role | "api-key";
  permissions: readonly Permission[];
  sessionExpiresAt?: string;
}

export type SubjectState = "active" | "restricted" | "erasing";

/** A data subject with the profile that only an audited read opens. */
export interface Subject {
  subjectId: string;
  state: SubjectState;
  /**
   * `reference` is the business's own id; `verifiedEmail` the address that it vouched for; the lists what staff verified.
   * Empty of a restricted person, for whoever handles no rights.
   */
  profile: {
    name?: string;
    email?: string;
    phone?: string;
    reference?: string;
    verifiedEmail?: string;
    verifiedEmails?: readonly string[];
    verifiedPhones?: readonly string[];
  };
  /** Why processing is restricted; absent when it is not. */
  restriction?: Restriction;
  createdAt: string;
}

/** A ground of Art. 18(1). */
export type Ground = "accuracy" | "unlawful" | "claims" | "objection";

export interface Restriction {
  /** Each once; the restriction ends when none is left. */
  grounds: readonly Ground[];
  since: string;
  /** Absent when nobody objected. */
  objection?: "undecided" | "upheld" | "rejected";
}

/** An address or number that leads to a person. */
export interface Identifier {
  kind: "email" | "phone" | "reference";
  /** `unclaimed`: it was told, and nobody finds the person by it. */
  level: "verified" | "stated" | "unclaimed";
  /** Absent where only a keyed hash is kept. */
  value?: string;
}

/** A duty to keep certain items of a person. */
export interface Hold {
  holdId: string;
  subjectId: string;
  items: readonly { kind: "conversation" | "lead"; id: string }[];
  basis: string;
  createdAt: string;
  endsAt: string;
  state: "active" | "lifted" | "ended";
}

/** How long a class of data is kept. `null` days: while the account is active. */
export interface RetentionChoice {
  name: string;
  title: string;
  covers: readonly string[];
  days: number | null;
  /** A change on its way. */
  next?: { days: number | null; from: string };
  defaultDays: number | null;
  minimumDays: number;
  maximumDays: number | null;
  /** Whether nobody reads what is past its period from that moment on. */
  hiddenAtOnce: boolean;
  why: string;
}

/** A line of the inbox: ids, states and counts, no text. */
export interface Conversation {
  conversationId: string;
  subjectId: string;
  subjectState: SubjectState;
  channelId: string;
  state: "open" | "closed";
  turnCount: number;
  startedAt: string;
  /** Absent until something was asked. */
  lastTurnAt?: string;
  unread: boolean;
  assignee?: string;
  tags: readonly string[];
}

/** A passage that an answer was made from; `n` is its number in the text. */
export interface Citation {
  n: number;
  documentId: string;
  title: string;
  heading: string;
}

/** What the AI wrote, with its provenance. */
export interface Answer {
  answer: string;
  outcome: "answered" | "no-answer";
  /** Whether a person was offered. */
  handoff: boolean;
  citations: readonly Citation[];
  model: string;
  answeredAt: string;
}

export interface Turn {
  turnId: string;
  question: string;
  state: "answering" | "answered" | "failed";
  askedAt: string;
  answer?: Answer;
}

export interface Lead {
  leadId: string;
  subjectId: string;
  /** While restricted, the lead has no words. */
  subjectState: SubjectState;
  conversationId: string;
  state: "new" | "handled";
  createdAt: string;
  name?: string;
  email?: string;
  phone?: string;
  message?: string;
}

export interface Consent {
  consentId: string;
  purpose: string;
  given: boolean;
  noticeVersion: number;
  channelId: string;
  createdAt: string;
}

export interface Candidate {
  subjectId: string;
  verified: boolean;
  subject: Subject;
}

/** What an erasure would do, before anybody decides. */
export interface ErasurePreview {
  stores: readonly { name: string; action: string; count: number }[];
  exceptions: readonly { name: string; reason: string; until: string }[];
  recipients: readonly { name: string; recipient: string; deletion: string }[];
  heldItems: readonly { holdId: string; basis: string; endsAt: string; items: number }[];
}

/** What is to be erased: a person, or of them one conversation or one lead. */
export interface ErasureTarget {
  subjectId: string;
  conversationId?: string;
  leadId?: string;
}

export type ExportFormat = "json" | "bag";

export interface Export {
  exportId: string;
  jobId: string;
  /** Absent for a whole account. */
  subjectId?: string;
  state: string;
  format: ExportFormat;
  createdAt: string;
  expiresAt: string;
  sizeBytes?: number;
}

export type JobState = "queued" | "running" | "waiting" | "done" | "failed" | "cancelled";

export interface Job {
  jobId: string;
  kind: JobKindName;
  state: JobState;
  step: string;
  counts: Readonly<Record<string, number>>;
  total?: number;
  targets: Readonly<Record<string, string>>;
  failure?: { code: string; reason: string; step: string; retryable: boolean };
  /** Whether it may be stopped; not known of a job that only its live document tells of. */
  cancellable?: boolean;
  requestedBy: { kind: string; id: string };
  createdAt: string;
  updatedAt: string;
  finishedAt?: string;
}

export interface ReceiptSummary {
  receiptId: string;
  payloadType: string;
  createdAt: string;
}

/** A person or a thing that an audit entry names. `erased`: nobody can tell any more who it was. */
export interface AuditParty {
  kind: string;
  id?: string;
  name?: string;
  erased?: true;
}

export interface AuditEntry {
  entryId: string;
  action: AuditAction;
  title: string;
  crud: Crud;
  occurredAt: string;
  outcome: "success" | "refused" | "intended" | "failed";
  actor: AuditParty;
  targets: readonly AuditParty[];
  metadata: Readonly<Record<string, unknown>>;
  sequenced: boolean;
  index?: number;
}

export interface KnowledgeDocument {
  documentId: string;
  title: string;
  fileName: string;
  contentType: "text/plain" | "text/markdown";
  sizeBytes: number;
  sha256: string;
  state: "processing" | "ready" | "failed" | "review" | "deleting";
  /** Counts its uploads. */
  version: number;
  /** The version in use; 0 before the first. */
  liveVersion: number;
  /** Passages of the version in use. */
  chunkCount: number;
  /** Whether staff saved it from a conversation. */
  fromChat: boolean;
  createdAt: string;
  updatedAt: string;
  jobId: string;
}

export interface Settings {
  tenantId: string;
  region: Region;
  name: string;
  website: string;
  privacyContact: { name: string; email: string };
  status: string;
  createdAt: string;
}

export interface Agent {
  agentId: string;
  name: string;
  greeting: string;
  instructions: string;
  handoffText: string;
}

export interface Channel {
  channelId: string;
  channelKey: string;
  name: string;
  agentId: string;
  origins: readonly string[];
  /** `#rrggbb` */
  accentColor: string;
  enabled: boolean;
}

export interface Purpose {
  id: string;
  title: string;
  text: string;
}

export interface Notice {
  version: number;
  text: string;
  purposes: readonly Purpose[];
  createdAt: string;
}

export interface Member {
  uid: string;
  email: string;
  name: string;
  role: Role;
  state: "active" | "removed";
  createdAt: string;
}

export interface ApiKey {
  keyId: string;
  name: string;
  scopes: readonly Permission[];
  createdAt: string;
  createdBy: string;
  lastUsedAt?: string;
  revokedAt?: string;
}

/** A public key with which the business signs who its visitors are. */
export interface IdentityKey {
  keyId: string;
  /** As tokens name it. */
  kid: string;
  name: string;
  algorithm: "EdDSA" | "ES256" | "RS256";
  /** RFC 7638 thumbprint. */
  fingerprint: string;
  createdAt: string;
}

/** The keys that protect the account's data, newest first, with the dates by which they change. */
export interface KeyDates {
  tenantKeys: readonly { version: number; createdAt: string; kmsVersion: string; destroyedFrom?: string }[];
  nextRotationAt: string;
  /** Versions of the region's key in Cloud KMS; empty where they were not looked at yet. */
  kmsVersions: readonly {
    version: string;
    state: string;
    createdAt: string;
    unusedSince?: string;
    destroyedFrom?: string;
    destroyAt?: string;
  }[];
}

/** Where the business's own systems are told of erasures. */
export interface Webhook {
  url: string;
  createdAt: string;
  secretCreatedAt: string;
  /** Until when the secret before it signs too. */
  earlierSecretUntil?: string;
}

/** A message to the webhook; its id is also its job's. */
export interface WebhookDelivery {
  notificationId: string;
  event: string;
  state: "queued" | "acknowledged" | "unanswered" | "withdrawn" | "told";
  outcome?: string;
  attempts: number;
  /** HTTP status of the last answer. */
  lastStatus?: number;
  createdAt: string;
  acknowledgedAt?: string;
}

/** Whether and when the account is deleted. */
export interface Closure {
  state: "open" | "closing" | "deleting";
  graceDays: number;
  /** Legal holds in force, which block it. */
  holds: number;
  /** Absent while the account is open. */
  closure?: {
    requestedAt: string;
    closesAt: string;
    goneBy: string;
    daysLeft: number;
    waivedAt?: string;
    startedAt?: string;
  };
}

/** A third party that holds a copy. */
export interface SubProcessor {
  name: string;
  purpose: string;
  place: string;
  transferBasis: string;
  deletion: string;
}

/** What a listener to live documents signs in with. */
export interface LiveToken {
  token: string;
  expiresAt: string;
  projectId: string;
  databaseId: string;
  tenantId: string;
}

/** One page of a list; `nextCursor` is absent at the end. */
export interface Page<Item> {
  items: readonly Item[];
  nextCursor?: string;
}
