import { FieldPath, type Query, type QueryDocumentSnapshot, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
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
}

/** A pending entry with the id under which its openings are sealed. */
export type QueuedEntry = PendingEntry & { id: string };

/** Up to 256 entries in the log, aligned with its entry bundles; member `i` of each list belongs to entry `firstIndex + i`. */
export interface Bundle {
  firstIndex: number;
  leaves: Uint8Array[];
  /** Leaf hashes in a row, 32 bytes each: the tile of level 0. */
  hashes: Uint8Array;
  /** First 16 hex digits of each leaf hash, by which an entry is found. */
  leafIds: string[];
  entryIds: string[];
  actions: string[];
  actorIds: string[];
  subjectTags: string[];
  openings: Openings[];
  lastOccurredAt: Date;
}

/** The one document that the sequencer advances. */
export interface LedgerState {
  /** Name of the log, fixed when it is opened: `<host>/<tenant log id>`. */
  origin: string;
  size: number;
  /** Right edge of the tree. */
  edge: Uint8Array;
  /** Signed note over `size`. */
  checkpoint: string;
  /** All tiles of the log at this size are in the bucket. */
  publishedSize: number;
  /** Whether tiles are missing in the bucket: the sweep looks for these. */
  isUnpublished: boolean;
  lease: { holder: string; expiresAt: Date };
  integratedAt: Date;
}

interface Stamp {
  toDate(): Date;
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

/** Entries that wait, oldest first. */
export async function listPendingEntries(stores: Stores, tenantId: string, limit: number): Promise<QueuedEntry[]> {
  const { docs } = await collectionRef(stores, "auditPending", { tenantId }).orderBy("occurredAt").limit(limit).get();
  return docs.map(queuedFrom);
}

/** Entries that wait, newest first; for readers of the trail. */
export async function listNewestPending(stores: Stores, tenantId: string, limit: number): Promise<QueuedEntry[]> {
  const { docs } = await collectionRef(stores, "auditPending", { tenantId })
    .orderBy("occurredAt", "desc")
    .limit(limit)
    .get();
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

/** Bundles up to the one that holds an index, newest first, that hold a person's entries or those of an action. */
export async function bundlesUpTo(
  stores: Stores,
  tenantId: string,
  filter: EntryFilter,
  index: number,
  limit: number,
): Promise<Bundle[]> {
  let bundles: Query = collectionRef(stores, "auditBundles", { tenantId });
  // One array may be asked a query; the person's is the rarer.
  if (filter.subjectTag !== undefined) bundles = bundles.where("subjectTags", "array-contains", filter.subjectTag);
  else if (filter.action !== undefined) bundles = bundles.where("actions", "array-contains", filter.action);
  const { docs } = await bundles.where("firstIndex", "<=", index).orderBy("firstIndex", "desc").limit(limit).get();
  return docs.flatMap((snapshot) => bundleFrom(snapshot.data()) ?? []);
}

/**
 * Takes an entry out of the queue within the transaction that integrates it. The transaction fails when somebody else
 * took it meanwhile, so no entry is integrated twice.
 */
export function takePendingEntry(tx: Transaction, stores: Stores, tenantId: string, entryId: string): void {
  tx.delete(documentRef(stores, "auditPending", { tenantId, entryId }), { exists: true });
}

/** The log's state within a transaction, or undefined before the first entry. */
export async function findLedgerStateIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
): Promise<LedgerState | undefined> {
  return stateFrom((await tx.get(documentRef(stores, "ledger", { tenantId, ledgerPart: "state" }))).data());
}

/** The log's state, or undefined before the first entry. */
export async function findLedgerState(stores: Stores, tenantId: string): Promise<LedgerState | undefined> {
  return stateFrom((await documentRef(stores, "ledger", { tenantId, ledgerPart: "state" }).get()).data());
}

/** Whether a tenant's log was taken for good because its account goes: no other one is ever opened in its place. */
export async function hasEnded(tx: Transaction, stores: Stores, tenantId: string): Promise<boolean> {
  return (await tx.get(documentRef(stores, "closures", { tenantId }))).get("logTakenAt") !== undefined;
}

/**
 * Name and newest checkpoint of a log: of a tenant's, or what its deletion left of it. Undefined before the first entry,
 * and once the hashes of a deleted tenant are gone too.
 */
export async function findLogHead(
  stores: Stores,
  tenantId: string,
): Promise<Pick<LedgerState, "origin" | "checkpoint"> | undefined> {
  const state = await findLedgerState(stores, tenantId);
  if (state !== undefined) return state;
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
  const isUnpublished = state.publishedSize !== state.size;
  tx.set(documentRef(stores, "ledger", { tenantId, ledgerPart: "state" }), { ...state, isUnpublished });
}

/** Tenants whose sequencer stopped between integrating entries and publishing tiles. */
export async function listUnpublishedLedgers(stores: Stores, limit: number): Promise<string[]> {
  const { docs } = await stores.data.collectionGroup("ledger").where("isUnpublished", "==", true).limit(limit).get();
  return docs.flatMap((snapshot) => snapshot.ref.path.split("/")[1] ?? []);
}

/** Name of a bundle's document: its number, so that names sort as numbers do. */
export function bundleName(number: number): string {
  return String(number).padStart(12, "0");
}

function bundleFrom(data: unknown): Bundle | undefined {
  if (data === undefined) return undefined;
  const stored = data as Omit<Bundle, "lastOccurredAt"> & { lastOccurredAt: Stamp };
  return { ...stored, lastOccurredAt: stored.lastOccurredAt.toDate() };
}

/** A bundle within a transaction, or undefined. */
export async function findBundleIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  number: number,
): Promise<Bundle | undefined> {
  return bundleFrom(
    (await tx.get(documentRef(stores, "auditBundles", { tenantId, bundleNumber: bundleName(number) }))).data(),
  );
}

/** A bundle, or undefined: not yet written, or pruned under the policy. */
export async function findBundle(stores: Stores, tenantId: string, number: number): Promise<Bundle | undefined> {
  return bundleFrom(
    (await documentRef(stores, "auditBundles", { tenantId, bundleNumber: bundleName(number) }).get()).data(),
  );
}

/** Writes a bundle: a new one, or a partial one grown. */
export function setBundle(tx: Transaction, stores: Stores, tenantId: string, number: number, bundle: Bundle): void {
  tx.set(documentRef(stores, "auditBundles", { tenantId, bundleNumber: bundleName(number) }), bundle);
}

/** The bundle that holds the entry of a leaf id, or undefined. */
export async function findBundleOfLeaf(stores: Stores, tenantId: string, leafId: string): Promise<Bundle | undefined> {
  const { docs } = await collectionRef(stores, "auditBundles", { tenantId })
    .where("leafIds", "array-contains", leafId)
    .limit(1)
    .get();
  return bundleFrom(docs[0]?.data());
}

/**
 * The next tenant, after a given one, that has entries waiting; one read a tenant, however many entries.
 *
 * @param after - tenant id to go on behind, or undefined for the first.
 */
export async function nextTenantWithPending(stores: Stores, after: string | undefined): Promise<string | undefined> {
  const start = after === undefined ? "tenants/!" : `tenants/${after}\uf8ff`;
  const { docs } = await stores.data
    .collectionGroup("auditPending")
    .where(FieldPath.documentId(), ">=", start)
    .orderBy(FieldPath.documentId())
    .limit(1)
    .select()
    .get();
  return docs[0]?.ref.path.split("/")[1];
}
