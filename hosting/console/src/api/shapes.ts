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
  /** Absent where it is not known, as of a job that only its live document tells of. */
  remainingSeconds?: number;
  createdAt: string;
  startedAt?: string;
  updatedAt: string;
  finishedAt?: string;
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
