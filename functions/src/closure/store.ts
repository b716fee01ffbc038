import { type DocumentSnapshot, FieldPath, type Transaction } from "@google-cloud/firestore";
import type { DsseEnvelope } from "../crypto/dsse.ts";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { ClosedLog } from "../ledger/closed-log.ts";
import { type LetterNote, notesFrom } from "../mail/letter-note.ts";

/** What a third party was told, and what it did or will have done by when. */
export interface RecipientOutcome {
  name: string;
  recipient: string;
  outcome: "deleted" | "requested" | "expires-on" | "holds-nothing";
  on?: string;
}

/** What outlives an account: ids, dates, counts and hashes, outside of everything that is deleted. */
export interface ClosedAccount {
  tenantId: string;
  jobId: string;
  state: "running" | "done";
  requestedAt: Date;
  waivedAt?: Date;
  startedAt: Date;
  /** Owners' addresses and ids at third parties, sealed by Cloud KMS until they are told. */
  people?: Uint8Array | null;
  /** When the tenant's log was taken from its sequencer. */
  logTakenAt?: Date;
  log?: ClosedLog | null;
  keysDestroyedAt?: Date;
  recipients?: readonly RecipientOutcome[];
  certificate?: { envelope: DsseEnvelope; leaf: Uint8Array; issuedAt: Date };
  /** Which owners the certificate was mailed to, by their place in the sealed list. */
  letters?: Readonly<Record<string, LetterNote>>;
  finishedAt?: Date;
  /** When the next of what stays behind is due to go; null when nothing is left but this record. */
  cleanUpAt?: Date | null;
}

const dates = [
  "requestedAt",
  "waivedAt",
  "startedAt",
  "logTakenAt",
  "keysDestroyedAt",
  "finishedAt",
  "cleanUpAt",
] as const;

function accountFrom(snapshot: DocumentSnapshot): ClosedAccount | undefined {
  const data = snapshot.data() as Record<string, unknown> | undefined;
  if (data === undefined) return undefined;
  const times = dates.flatMap((name) => (data[name] ? [[name, (data[name] as Stamp).toDate()] as const] : []));
  const certificate = data.certificate as (ClosedAccount["certificate"] & { issuedAt: Stamp }) | undefined;
  return {
    ...(data as unknown as ClosedAccount),
    tenantId: snapshot.id,
    ...Object.fromEntries(times),
    ...(data.letters === undefined ? {} : { letters: notesFrom(data.letters) }),
    ...(certificate && { certificate: { ...certificate, issuedAt: (certificate.issuedAt as Stamp).toDate() } }),
  };
}

const refOf = (stores: Stores, tenantId: string) => documentRef(stores, "closures", { tenantId });

/** What is left of an account, or undefined: it was never closed. */
export async function findClosedRecord(
  stores: Stores,
  tenantId: string,
  tx?: Transaction,
): Promise<ClosedAccount | undefined> {
  const ref = refOf(stores, tenantId);
  return accountFrom(await (tx === undefined ? ref.get() : tx.get(ref)));
}

/** Writes that an account goes; replaces nothing that is there. */
export function createClosedRecord(tx: Transaction, stores: Stores, account: ClosedAccount): void {
  const { tenantId, ...fields } = account;
  tx.create(refOf(stores, tenantId), fields);
}

/** Changes what is left of an account. */
export function changeClosedRecord(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  change: Partial<Omit<ClosedAccount, "tenantId" | "jobId">>,
): void {
  tx.update(refOf(stores, tenantId), change);
}

/** Accounts whose deletion is under way, by id, at most `limit`. */
export async function listRunningClosures(stores: Stores, limit: number): Promise<ClosedAccount[]> {
  const { docs } = await collectionRef(stores, "closures", {}).where("state", "==", "running").limit(limit).get();
  return docs.flatMap((snapshot) => accountFrom(snapshot) ?? []);
}

/** Closed accounts of which something that stayed behind is due to go, with the database's own time of the read. */
export async function listDueRemains(stores: Stores, now: Date, limit: number): Promise<ClosedAccount[]> {
  const { docs } = await collectionRef(stores, "closures", {}).where("cleanUpAt", "<=", now).limit(limit).get();
  return docs.flatMap((snapshot) => accountFrom(snapshot) ?? []);
}

/** Tenants that are to be deleted, by id, after an id, with the database's own time of the read. */
export async function pageOfClosingTenants(
  stores: Stores,
  after: string | undefined,
  limit: number,
): Promise<{ tenantIds: string[]; readAt: Date }> {
  const closing = collectionRef(stores, "tenants", {})
    .where("status", "==", "closing")
    .orderBy(FieldPath.documentId())
    .limit(limit)
    .select();
  const { docs, readTime } = await (after === undefined ? closing : closing.startAfter(after)).get();
  return { tenantIds: docs.map((snapshot) => snapshot.id), readAt: readTime.toDate() };
}
