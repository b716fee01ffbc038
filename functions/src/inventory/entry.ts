/** What the inventory may say of a place that holds data. The types refuse an entry that leaves a question open. */

/** Purpose and default legal basis; the controller may override the basis. @see GDPR Art. 6(1), 30(1)(b) */
export type LegalBasis = "consent" | "contract" | "legal-obligation" | "legitimate-interest" | "not-personal";

export type Classification = "personal" | "confidential" | "operational";

/**
 * How long records live. Classes with a default period are settings of the tenant (`retention/`);
 * the others are fixed by what they are for.
 */
export type RetentionClass =
  | "conversation"
  | "ai-session"
  | "audit-log"
  | "knowledge"
  | "lead"
  | "consent"
  | "export"
  | "request"
  | "staff"
  | "statistics"
  | "with-its-subject"
  | "with-its-tenant"
  | "after-its-tenant"
  | "with-its-job"
  | "with-its-database"
  | "one-day"
  | "thirty-days"
  | "backup-window-plus-30-days"
  | "provider"
  | "browser";

/** Which field or path names the data subject; `none` says why there is none. */
export type DataSubjectLocator = { field: string } | { documentId: true } | { none: string };

/** What erasing one person does to the entry's records. `keep` needs a legal reason and an end. */
export type ErasureRule =
  | { action: "delete" }
  | { action: "destroy-key" }
  | { action: "keep"; reason: string; until: string }
  | { action: "not-personal"; reason: string }
  | { action: "by-its-owner"; reason: string };

/** Which fields an export holds, each documented in words; leaving an entry out needs a reason. */
export type ExportRule =
  | { rule: "include"; folder: string; fields: Readonly<Record<string, string>>; provided: readonly string[] }
  | { rule: "exclude"; reason: string };

interface Common {
  purpose: string;
  legalBasis: LegalBasis;
  classification: Classification;
  retention: RetentionClass;
  erasure: ErasureRule;
  export: { person: ExportRule; tenant: ExportRule };
}

/** A Firestore collection. `path` is a template whose last segment is the document. */
export interface CollectionEntry extends Common {
  kind: "collection";
  database: "data" | "keys" | "directory";
  path: string;
  dataSubject: DataSubjectLocator;
  /** Which field or path names the conversation, for the erasure of one conversation. */
  conversation?: { field: string } | { documentId: true };
  /** Fields that hold envelopes of `crypto/`; exempt from every index. */
  sealed: readonly string[];
  /** Those of them whose text is JSON. */
  sealedJson?: readonly string[];
  /** Which key seals them. */
  sealedBy?: "dek" | "job-key" | "tenant-key";
  /** Large or secret fields, besides the sealed ones, that no index may hold. */
  unindexed?: readonly string[];
  /** Who may read it other than through a function. */
  readers: readonly ("staff-browser" | "none")[];
  /** Field with the time from which retention counts; a record in which it is absent or null is kept. */
  agedBy?: string;
  /** Whether its records are a reason to keep their person: with the last of such records retention lets the person go. */
  keepsSubject?: true;
}

/** A prefix of a bucket. */
export interface BucketEntry extends Common {
  kind: "bucket";
  bucket: string;
  prefix: string;
  dataSubject: DataSubjectLocator;
  sealed: boolean;
  /** Days for which the bucket can bring a deleted object back; 0 when absent. */
  softDeleteDays?: number;
  /** How long objects stay after their account is gone, and why; without it they go with the account. */
  afterClosure?: { days: number; reason: string };
}

/** A Pub/Sub topic; its payload holds ids only. */
export interface TopicEntry extends Common {
  kind: "topic";
  topic: string;
  payload: readonly string[];
}

/** A log sink, a backup set, a queue of messages, or a place outside our databases that holds a copy for a time. */
export interface CopyEntry extends Common {
  kind: "log-sink" | "backup" | "message-queue" | "browser-storage" | "downloaded-copy";
  where: string;
  /** Whose data it holds, where it is not that of data subjects. */
  about?: "staff";
  /** Days until the copy is gone by itself. */
  windowDays: number;
}

/** A third party that holds a copy. @see GDPR Art. 30(1)(d)-(e) */
export interface ThirdPartyEntry extends Common {
  kind: "third-party";
  recipient: string;
  /** A recipient of the business's choice, and no sub-processor of ours; present only where the business set one up. */
  controlledBy?: "tenant";
  /** Whose data it holds: only those of data subjects are told of an erasure and named in Art. 15 information. */
  about: "data-subjects" | "staff";
  place: string;
  transferBasis: string;
  /** How deletion is asked for, and how it is answered. */
  deletion: string;
  windowDays: number;
}

export type Entry = CollectionEntry | BucketEntry | TopicEntry | CopyEntry | ThirdPartyEntry;
