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
  profile: { name?: string; email?: string; phone?: string };
  createdAt: string;
}

/** A line of the inbox: ids, states and counts, no text. */
export interface Conversation {
  conversationId: string;
  subjectId: string;
  subjectState: SubjectState;
  channelId: string;
  channelName: string;
  state: "open" | "closed";
  turnCount: number;
  startedAt: string;
  lastTurnAt: string;
  unread: boolean;
  assignee?: string;
  tags: readonly string[];
}

export interface Citation {
  documentId: string;
  title: string;
}

export interface Turn {
  turnId: string;
  question: string;
  answer?: string;
  state: string;
  citations: readonly Citation[];
  askedAt: string;
  answeredAt?: string;
}

export interface Lead {
  leadId: string;
  subjectId: string;
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

export type ExportFormat = "json" | "bag";

export interface Export {
  exportId: string;
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
  requestedBy: { kind: string; id: string };
  createdAt: string;
  updatedAt: string;
  finishedAt?: string;
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
  metadata: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  sequenced: boolean;
  index?: number;
}

export interface KnowledgeDocument {
  documentId: string;
  title: string;
  fileName: string;
  contentType: string;
  sizeBytes: number;
  sha256: string;
  state: string;
  createdAt: string;
  jobId?: string;
}

export interface Settings {
  tenantId: string;
  region: Region;
  name: string;
  website: string;
  privacyContact: { name: string; email: string };
  accentColor: string;
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
  noticeVersion: number;
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
  lastUsedAt?: string | null;
  revokedAt?: string | null;
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
