import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import type { DsseEnvelope } from "../crypto/dsse.ts";
import { freshReminders } from "../deadlines/deadline.ts";
import { collectionGroupRef, collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { SubjectRequest } from "./request.ts";

/** What must be gone, by ids alone; a restore replays it. `recipients` fills while third parties are told. */
export interface Tombstone {
  id: string;
  tenantId: string;
  kind: "erasure" | "purge" | "withdrawal" | "restriction" | "revocation";
  state: "intended" | "done";
  targets: Readonly<Record<string, string>>;
  createdAt: Date;
  /** When the DEK was destroyed, for a person. */
  keyDestroyedAt?: Date;
  finishedAt?: Date;
  /** When a sweep last found something that should have been gone. */
  sweptAt?: Date;
  /** In which collection that was, and whether its removal is still to be recorded. */
  removal?: { collection: string; isOpen: boolean };
  recipients?: readonly RecipientOutcome[];
  /** What the last search for residue looked through, what it still found and deleted, and when it was over. */
  residue?: Residue;
  /** Noted beside an act that has no job: the sweep takes it to the bucket. */
  toCopy?: boolean;
}

export interface Residue {
  /** Names of collections and folders of the inventory. */
  searched: readonly string[];
  found: number;
  finishedAt: Date;
}

/** What a third party was told, and what it did or will have done by when. */
export interface RecipientOutcome {
  name: string;
  recipient: string;
  outcome: "deleted" | "requested" | "expires-on" | "holds-nothing";
  /** By when it is gone; for the business's own endpoint, when it acknowledged. */
  on?: string;
  /** Whether the business's own endpoint took the message; absent for recipients that are not asked so. */
  acknowledged?: boolean;
  /** Id of the message to that endpoint. */
  notificationId?: string;
}

export interface StoredReceipt {
  id: string;
  envelope: DsseEnvelope;
  /** The audit entry that holds the payload's digest; its proof comes from the log. */
  leaf?: Uint8Array;
  createdAt: Date;
}

/** Stores a request within the act's transaction, with the reminders of its end while it is unanswered. */
export function createRequest(
  tx: Transaction,
  stores: Stores,
  request: SubjectRequest,
  sealedReason: Uint8Array | undefined,
): void {
  const { id, tenantId, ...fields } = request;
  tx.create(documentRef(stores, "requests", { tenantId, requestId: id }), {
    ...fields,
    ...freshReminders("request", request.dueAt, request.receivedAt),
    ...(request.completedAt === undefined ? {} : { nextReminderAt: null }),
    ...(sealedReason === undefined ? {} : { reason: sealedReason }),
  });
}

/** A request's kind and state within a transaction, or undefined: it may be erased with its person. */
export async function findRequestIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  requestId: string,
): Promise<Pick<SubjectRequest, "id" | "tenantId" | "subjectId" | "kind" | "state"> | undefined> {
  return requestFrom(tenantId, await tx.get(documentRef(stores, "requests", { tenantId, requestId })));
}

/** A person's requests of one kind that are not answered, as a transaction sees them. */
export async function openRequestsOf(
  tx: Transaction,
  stores: Stores,
  { tenantId, subjectId }: { tenantId: string; subjectId: string },
  kind: SubjectRequest["kind"],
): Promise<Pick<SubjectRequest, "id" | "tenantId" | "subjectId" | "kind" | "state">[]> {
  const own = collectionRef(stores, "requests", { tenantId }).where("subjectId", "==", subjectId);
  const { docs } = await tx.get(own.where("kind", "==", kind).where("state", "==", "received"));
  return docs.flatMap((snapshot) => requestFrom(tenantId, snapshot) ?? []);
}

function requestFrom(tenantId: string, snapshot: DocumentSnapshot) {
  const data = snapshot.data() as Pick<SubjectRequest, "subjectId" | "kind" | "state"> | undefined;
  if (data === undefined) return undefined;
  const { subjectId, kind, state } = data;
  return { id: snapshot.id, tenantId, subjectId, kind, state };
}

/** Whether there is a request of that id. */
export async function hasRequest(stores: Stores, tenantId: string, requestId: string): Promise<boolean> {
  return (await documentRef(stores, "requests", { tenantId, requestId }).get()).exists;
}

/** Marks a request as answered, which ends its reminders. */
export function markAnswered(
  tx: Transaction,
  stores: Stores,
  { tenantId, id: requestId }: Pick<SubjectRequest, "id" | "tenantId">,
  completedAt: Date,
): void {
  const answered = { state: "completed", completedAt, nextReminderAt: null };
  tx.update(documentRef(stores, "requests", { tenantId, requestId }), answered);
}

/** Writes a tombstone within the act's transaction. */
export function createTombstone(tx: Transaction, stores: Stores, tombstone: Tombstone): void {
  const { id, tenantId, ...fields } = tombstone;
  tx.create(documentRef(stores, "tombstones", { tenantId, tombstoneId: id }), fields);
}

function tombstoneFrom(tenantId: string, snapshot: DocumentSnapshot): Tombstone | undefined {
  const data = snapshot.data() as
    | (Omit<Tombstone, "id" | "tenantId" | "createdAt" | "finishedAt" | "keyDestroyedAt" | "sweptAt" | "residue"> & {
        createdAt: Stamp;
        finishedAt?: Stamp;
        residue?: Omit<Residue, "finishedAt"> & { finishedAt: Stamp };
        sweptAt?: Stamp;
        keyDestroyedAt?: Stamp;
      })
    | undefined;
  if (data === undefined) return undefined;
  const { createdAt, finishedAt, keyDestroyedAt, sweptAt, residue, ...rest } = data;
  return {
    ...rest,
    id: snapshot.id,
    tenantId,
    createdAt: createdAt.toDate(),
    ...(finishedAt === undefined ? {} : { finishedAt: finishedAt.toDate() }),
    ...(residue === undefined ? {} : { residue: { ...residue, finishedAt: residue.finishedAt.toDate() } }),
    ...(sweptAt === undefined ? {} : { sweptAt: sweptAt.toDate() }),
    ...(keyDestroyedAt === undefined ? {} : { keyDestroyedAt: keyDestroyedAt.toDate() }),
  };
}

/** A tombstone, or undefined. */
export async function findTombstone(
  stores: Stores,
  tenantId: string,
  tombstoneId: string,
): Promise<Tombstone | undefined> {
  return tombstoneFrom(tenantId, await documentRef(stores, "tombstones", { tenantId, tombstoneId }).get());
}

/** A tombstone within a transaction, or undefined. */
export async function findTombstoneIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  tombstoneId: string,
): Promise<Tombstone | undefined> {
  return tombstoneFrom(tenantId, await tx.get(documentRef(stores, "tombstones", { tenantId, tombstoneId })));
}

/** Changes fields of a tombstone within a transaction. */
export function updateTombstone(
  tx: Transaction,
  stores: Stores,
  tombstone: Pick<Tombstone, "id" | "tenantId">,
  fields: Partial<
    Pick<Tombstone, "state" | "keyDestroyedAt" | "finishedAt" | "recipients" | "residue" | "sweptAt" | "removal">
  >,
): void {
  tx.update(documentRef(stores, "tombstones", { tenantId: tombstone.tenantId, tombstoneId: tombstone.id }), {
    ...fields,
  });
}

/** Tombstones whose leftovers were being removed by a sweep that did not come to record it. */
export async function listOpenRemovals(stores: Stores, tenantId: string, limit: number): Promise<Tombstone[]> {
  const open = collectionRef(stores, "tombstones", { tenantId }).where("removal.isOpen", "==", true);
  return (await open.limit(limit).get()).docs.flatMap((snapshot) => tombstoneFrom(tenantId, snapshot) ?? []);
}

/** Keeps what a job must still know, sealed under the job's key. Within the act's transaction. */
export function createJobInput(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  jobId: string,
  input: Uint8Array,
  createdAt: Date,
): void {
  tx.create(documentRef(stores, "jobInputs", { tenantId, jobId }), { input, createdAt });
}

/** The sealed input of a job, or undefined when it has none any more. */
export async function findJobInput(stores: Stores, tenantId: string, jobId: string): Promise<Uint8Array | undefined> {
  const data = (await documentRef(stores, "jobInputs", { tenantId, jobId }).get()).data() as
    | { input: Uint8Array }
    | undefined;
  return data?.input;
}

/** Deletes a job's input; an absent one is no error. */
export async function deleteJobInput(stores: Stores, tenantId: string, jobId: string): Promise<void> {
  await documentRef(stores, "jobInputs", { tenantId, jobId }).delete();
}

/** Stores a receipt within the transaction that completes the job. */
export function createReceipt(tx: Transaction, stores: Stores, tenantId: string, receipt: StoredReceipt): void {
  const { id, ...fields } = receipt;
  tx.set(documentRef(stores, "receipts", { tenantId, receiptId: id }), fields);
}

/** A receipt, or undefined. */
export async function findReceipt(
  stores: Stores,
  tenantId: string,
  receiptId: string,
): Promise<StoredReceipt | undefined> {
  const snapshot = await documentRef(stores, "receipts", { tenantId, receiptId }).get();
  const data = snapshot.data() as (Omit<StoredReceipt, "id" | "createdAt"> & { createdAt: Stamp }) | undefined;
  return data === undefined ? undefined : { ...data, id: snapshot.id, createdAt: data.createdAt.toDate() };
}

/** Receipts of the tenant, newest first. */
export async function listReceipts(stores: Stores, tenantId: string, limit: number): Promise<StoredReceipt[]> {
  const { docs } = await collectionRef(stores, "receipts", { tenantId })
    .orderBy("createdAt", "desc")
    .limit(limit)
    .get();
  return docs.map((snapshot) => {
    const data = snapshot.data() as Omit<StoredReceipt, "id" | "createdAt"> & { createdAt: Stamp };
    return { ...data, id: snapshot.id, createdAt: data.createdAt.toDate() };
  });
}

/** Tombstones of purges that are not done yet, oldest first. */
export async function listIntendedPurges(stores: Stores, tenantId: string, limit: number): Promise<Tombstone[]> {
  const { docs } = await collectionRef(stores, "tombstones", { tenantId })
    .where("kind", "==", "purge")
    .where("state", "==", "intended")
    .limit(limit)
    .get();
  return docs.flatMap((snapshot) => tombstoneFrom(tenantId, snapshot) ?? []);
}

/** Tombstones of erasures and purges that name a whole person. */
export async function listPersonTombstones(stores: Stores, tenantId: string, subjectId: string): Promise<Tombstone[]> {
  const { docs } = await collectionRef(stores, "tombstones", { tenantId })
    .where("targets.subjectId", "==", subjectId)
    .where("targets.scope", "==", "person")
    .get();
  return docs
    .flatMap((snapshot) => tombstoneFrom(tenantId, snapshot) ?? [])
    .filter(({ kind }) => kind === "erasure" || kind === "purge");
}

/** Tombstones of a person's erasures that are not done, whole or in part, as a transaction sees them. */
export async function openErasuresOf(
  tx: Transaction,
  stores: Stores,
  { tenantId, subjectId }: { tenantId: string; subjectId: string },
): Promise<Tombstone[]> {
  const own = collectionRef(stores, "tombstones", { tenantId }).where("targets.subjectId", "==", subjectId);
  const { docs } = await tx.get(own.where("kind", "==", "erasure").where("state", "==", "intended"));
  return docs.flatMap((snapshot) => tombstoneFrom(tenantId, snapshot) ?? []);
}

/** Tombstones of every tenant of the region that are not in the bucket yet. */
export async function listTombstonesToCopy(stores: Stores, limit: number): Promise<Tombstone[]> {
  const { docs } = await collectionGroupRef(stores, "tombstones").where("toCopy", "==", true).limit(limit).get();
  return docs.flatMap((snapshot) => tombstoneFrom(snapshot.ref.path.split("/")[1] ?? "", snapshot) ?? []);
}

/** Marks a noted tombstone as copied; its own retention begins. */
export async function finishCopy(
  stores: Stores,
  tombstone: Pick<Tombstone, "id" | "tenantId">,
  finishedAt: Date,
): Promise<void> {
  const { tenantId, id: tombstoneId } = tombstone;
  const ref = documentRef(stores, "tombstones", { tenantId, tombstoneId });
  await ref.update({ state: "done", toCopy: false, finishedAt });
}

/**
 * Remembers what a call's idempotency key stood for, unless it is remembered already.
 *
 * @returns whether the key stands for this body.
 */
export async function claimCall(
  stores: Stores,
  tenantId: string,
  call: { callId: string; bodyHash: string; createdAt: Date },
): Promise<boolean> {
  const { callId, ...fields } = call;
  const ref = documentRef(stores, "calls", { tenantId, callId });
  return stores.data.runTransaction(async (tx) => {
    const stored = await tx.get(ref);
    if (stored.exists) return stored.get("bodyHash") === call.bodyHash;
    tx.create(ref, fields);
    return true;
  });
}
