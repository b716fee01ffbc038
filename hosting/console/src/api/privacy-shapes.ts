import type { AuditAction, Crud } from "./shapes.ts";

/** Shapes of what is kept, exported, erased and recorded. Times are RFC 3339 UTC. */

/** A duty to keep certain items of a person. */
export interface Hold {
  holdId: string;
  subjectId: string;
  items: readonly { kind: "conversation" | "lead"; id: string }[];
  basis: string;
  createdAt: string;
  endsAt: string;
  state: "active" | "lifted" | "ended";
  /** What it keeps outlives its person, and is read by the hold alone. */
  subjectErased: boolean;
}

/** A thing that a hold keeps of a person who is erased, opened. */
export type HeldItem =
  | {
      kind: "lead";
      createdAt: string;
      texts: Readonly<Partial<Record<"name" | "email" | "phone" | "message", string>>>;
    }
  | {
      kind: "conversation";
      /** The newest 50, or the 50 before the time that was asked for; oldest first. */
      turns: readonly { turnId: string; askedAt: string; question: string; answer?: string }[];
      /** Whether there are earlier ones. */
      more: boolean;
    };

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

export interface ReceiptSummary {
  receiptId: string;
  payloadType: string;
  createdAt: string;
}

/** A person or a thing that an audit entry names. `erased`: the person is gone; with an id, it is evidence. */
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
