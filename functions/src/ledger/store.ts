import { FieldPath, type Query, type QueryDocumentSnapshot, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { PagePlace } from "../platform/page-cursor.ts";
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
  openings: Openings;
  occurredAt: Date;
}

export interface Openings {
  person?: Uint8Array;
  actor?: Uint8Array;
  /** The person's id in entries about consents and requests, once more, under the key of their month. */
  evidence?: { keyId: string; sealed: Uint8Array };
}

/** A pending entry with the id under which its openings are sealed. */
export type QueuedEntry = PendingEntry & { id: string };

/** A tree size with the signed note over it. */
export interface SignedSize {
  size: number;
  /** Signed note over `size`; empty at size 0. */
  checkpoint: string;
}

/** The one document that the sequencer advances. */
export interface LedgerState extends SignedSize {
  /** Name of the log, fixed when it is opened: `<host>/<tenant log id>`. */
  origin: string;
  /** Right edge of the tree. */
  edge: Uint8Array;
  /** The newest size whose tiles are all in the bucket: what anybody is shown, and what proofs lead to. */
  published: SignedSize;
  /** Whether tiles are missing in the bucket: the sweep looks for these. */
  isUnpublished: boolean;
  /** Whose run is under way, until when by Firestore's clock; no holder between runs. */
  lease: { holder: string; expiresAt: Date };
  integratedAt: Date;
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

function queuedFrom(snapshot: QueryDocumentSnapshot): QueuedEntry {
  const data = snapshot.data() as Omit<QueuedEntry, "id" | "occurredAt"> & { occurredAt: Stamp };
  return { ...data, id: snapshot.id, occurredAt: data.occurredAt.toDate() };
}

/** Whether any entry waits, as a transaction sees it. */
export async function hasPendingIn(tx: Transaction, stores: Stores, tenantId: string): Promise<boolean> {
  return !(await tx.get(collectionRef(stores, "auditPending", { tenantId }).limit(1).select())).empty;
}

/** Entries that wait, oldest first. */
export async function listPendingEntries(stores: Stores, tenantId: string, limit: number): Promise<QueuedEntry[]> {
  const { docs } = await collectionRef(stores, "auditPending", { tenantId }).orderBy("occurredAt").limit(limit).get();
  return docs.map(queuedFrom);
}

/** What entries are asked for: those of one action, those of one person. */
export interface EntryFilter {
  action?: AuditAction | undefined;
  subjectTag?: string | undefined;
}

/** A page of entries that wait, newest first. */
export async function pageOfPending(
  stores: Stores,
  tenantId: string,
  filter: EntryFilter,
  limit: number,
  after?: PagePlace,
): Promise<QueuedEntry[]> {
  let entries: Query = collectionRef(stores, "auditPending", { tenantId });
  if (filter.action !== undefined) entries = entries.where("action", "==", filter.action);
  if (filter.subjectTag !== undefined) entries = entries.where("subjectTag", "==", filter.subjectTag);
  const newest = entries.orderBy("occurredAt", "desc").orderBy(FieldPath.documentId(), "desc").limit(limit);
  const page = after === undefined ? newest : newest.startAfter(after.time, after.id);
  return (await page.get()).docs.map(queuedFrom);
}

/**
 * Takes an entry out of the queue within the transaction that integrates it. The transaction fails when somebody else
 * took it meanwhile, so no entry is integrated twice.
 */
export function takePendingEntry(tx: Transaction, stores: Stores, tenantId: string, entryId: string): void {
  tx.delete(documentRef(stores, "auditPending", { tenantId, entryId }), { exists: true });
}

/**
 * The log's state, undefined before the first entry, and the time of the read by Firestore's clock: leases are compared
 * with it, since an instance's own clock may be off.
 *
 * @param tx - reads within this transaction.
 */
export async function readLedger(
  stores: Stores,
  tenantId: string,
  tx?: Transaction,
): Promise<{ state: LedgerState | undefined; readAt: Date }> {
  const ref = documentRef(stores, "ledger", { tenantId, ledgerPart: "state" });
  const snapshot = await (tx === undefined ? ref.get() : tx.get(ref));
  return { state: stateFrom(snapshot.data()), readAt: snapshot.readTime.toDate() };
}

/** The log's state, or undefined before the first entry. */
export async function findLedgerState(stores: Stores, tenantId: string): Promise<LedgerState | undefined> {
  return (await readLedger(stores, tenantId)).state;
}

/** Holder of a lease that nobody outlives: the log was taken for good. */
const closedHolder = "closed";

/** The lease of a log that is sequenced no more. */
export const closedLease = { holder: closedHolder, expiresAt: new Date("9999-12-31T23:59:59Z") } as const;

/** Whether a log was taken from its sequencers for good. */
export function isClosed(state: Pick<LedgerState, "lease"> | undefined): boolean {
  return state?.lease.holder === closedHolder;
}

/** Whether somebody else's run is under way. */
export function isHeldByOther(state: Pick<LedgerState, "lease"> | undefined, holder: string, readAt: Date): boolean {
  return state !== undefined && state.lease.holder !== holder && state.lease.expiresAt > readAt;
}

/** Whether a tenant's log was taken for good because its account goes: no other one is ever opened in its place. */
export async function hasEnded(tx: Transaction, stores: Stores, tenantId: string): Promise<boolean> {
  return (await tx.get(documentRef(stores, "closures", { tenantId }))).get("logTakenAt") !== undefined;
}

/**
 * Name and newest published checkpoint of a log: of a tenant's, or of what its deletion left of it. Undefined before the
 * first entry, and once the hashes of a deleted tenant are gone too.
 */
export async function findLogHead(
  stores: Stores,
  tenantId: string,
): Promise<Pick<LedgerState, "origin" | "checkpoint"> | undefined> {
  const state = await findLedgerState(stores, tenantId);
  if (state !== undefined)
    return state.published.size === 0 ? undefined : { origin: state.origin, checkpoint: state.published.checkpoint };
  const data = (await documentRef(stores, "closures", { tenantId }).get()).data();
  const log = data?.log as Pick<LedgerState, "origin" | "checkpoint"> | null | undefined;
  return log?.checkpoint ? log : undefined;
}

function stateFrom(data: unknown): LedgerState | undefined {
  if (data === undefined) return undefined;
  const stored = data as Omit<LedgerState, "integratedAt" | "lease"> & {
    integratedAt: Stamp;
    lease: { holder: string; expiresAt: Stamp };
  };
  return {
    ...stored,
    integratedAt: stored.integratedAt.toDate(),
    lease: { holder: stored.lease.holder, expiresAt: stored.lease.expiresAt.toDate() },
  };
}

/** Advances the log's state. */
export function setLedgerState(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  state: Omit<LedgerState, "isUnpublished">,
): void {
  const isUnpublished = state.published.size !== state.size;
  tx.set(documentRef(stores, "ledger", { tenantId, ledgerPart: "state" }), { ...state, isUnpublished });
}

/** Tenants whose sequencer stopped between integrating entries and publishing tiles. */
export async function listUnpublishedLedgers(stores: Stores, limit: number): Promise<string[]> {
  const { docs } = await stores.data.collectionGroup("ledger").where("isUnpublished", "==", true).limit(limit).get();
  return docs.flatMap((snapshot) => snapshot.ref.path.split("/")[1] ?? []);
}

/**
 * The first tenant that has entries waiting, among those whose ids are not before a text; one read, however many entries.
 *
 * @param from - a tenant's id, or the beginning of one.
 */
export async function nextTenantWithPending(stores: Stores, from: string): Promise<string | undefined> {
  const { docs } = await stores.data
    .collectionGroup("auditPending")
    .where(FieldPath.documentId(), ">=", `tenants/${from}`)
    .orderBy(FieldPath.documentId())
    .limit(1)
    .select()
    .get();
  return docs[0]?.ref.path.split("/")[1];
}
