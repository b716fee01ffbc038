import type { Transaction } from "@google-cloud/firestore";
import { documentRef, type Stores } from "../inventory/collections.ts";
import type { AuditAction } from "./actions.ts";

/** An entry as it waits for the sequencer. */
export interface PendingEntry {
  /** Canonical JSON, as it will be hashed. */
  leaf: Uint8Array;
  action: AuditAction;
  /** Member or key; empty when a data subject acted. */
  actorId: string;
  /** Finds a person's entries while the person's key exists; empty when nobody is concerned. */
  subjectTag: string;
  /** Openings of the leaf's commitments: the person's sealed by the DEK, staff's by the audit key. */
  openings: { person?: Uint8Array; actor?: Uint8Array };
  occurredAt: Date;
}

/** Puts an entry in the queue, within the transaction of its act. */
export function createPendingEntry(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  entryId: string,
  entry: PendingEntry,
): void {
  tx.create(documentRef(stores, "auditPending", { tenantId, entryId }), entry);
}
