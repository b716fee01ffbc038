import { FieldPath, type Transaction } from "@google-cloud/firestore";
import { collectionGroupRef, collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import { namesOf, openingRef } from "../inventory/open-databases.ts";

/** Counts of records by collection. */
export type Counts = Readonly<Partial<Record<CollectionName, number>>>;

/**
 * How far the restore of this very pair of databases has come. A restore that died goes on from here; the record of
 * another pair, which came with the backup, is no one's.
 */
export interface Journal {
  data: string;
  keys: string;
  /** `deleting` what tombstones name, `setting` again what they say, `auditing` tenant by tenant, `done`. */
  phase: "deleting" | "setting" | "auditing" | "done";
  startedAt: Date;
  /** What the pair held before anything was deleted. */
  before: Counts;
  /** What the tombstones so far named of it. */
  deleted: Counts;
  /** Path of the tombstone whose records are counted in `deleted` and may not all be deleted yet. */
  current: string | null;
  /** Digest of the paths of the tombstones that it replays; with others in the bucket it begins again. */
  tombstones: string;
  /** The tenant whose audit trail was told last. */
  auditedThrough: string | null;
}

const journalRef = (stores: Stores) => documentRef(stores, "platform", { platformRecord: "restore" });

/** The journal of this pair, or undefined before its restore began. */
export async function findJournal(stores: Stores): Promise<Journal | undefined> {
  const stored = (await journalRef(stores).get()).data() as
    | (Omit<Journal, "startedAt"> & { startedAt: { toDate(): Date } })
    | undefined;
  const { data, keys } = namesOf(stores);
  if (stored === undefined || stored.data !== data || stored.keys !== keys) return undefined;
  return { ...stored, startedAt: stored.startedAt.toDate() };
}

/** Writes the journal. */
export async function saveJournal(stores: Stores, journal: Journal): Promise<Journal> {
  await journalRef(stores).set(journal);
  return journal;
}

/** Notes in the transaction that tells a tenant that it was told. */
export function noteAudited(tx: Transaction, stores: Stores, tenantId: string): void {
  tx.update(journalRef(stores), { auditedThrough: tenantId });
}

/** Opens the pair: the last write of a restore. */
export async function switchOver(stores: Stores, journal: Journal, now: Date): Promise<void> {
  const batch = stores.data.batch();
  batch.set(openingRef(stores), { ...namesOf(stores), state: "open", changedAt: now });
  batch.set(journalRef(stores), { ...journal, phase: "done" });
  await batch.commit();
}

/** Counts every declared collection of both databases, all tenants together; a read a thousand records. */
export async function countEverything(stores: Stores): Promise<Counts> {
  const counts: Partial<Record<CollectionName, number>> = {};
  for (const { name, database } of collections) {
    if (database === "directory" || name === "platform") continue;
    counts[name] = (await collectionGroupRef(stores, name).count().get()).data().count;
  }
  return counts;
}

/** The next tenants after one, by id. */
export async function tenantsAfter(stores: Stores, after: string | null, limit: number): Promise<string[]> {
  const ordered = collectionRef(stores, "tenants", {}).orderBy(FieldPath.documentId()).limit(limit).select();
  const { docs } = await (after === null ? ordered : ordered.startAfter(after)).get();
  return docs.map(({ id }) => id);
}

/** Tombstones of a tenant that were finished after a time: their copies must be in the bucket. */
export async function tombstonesFinishedSince(stores: Stores, tenantId: string, since: Date): Promise<string[]> {
  const { docs } = await collectionRef(stores, "tombstones", { tenantId }).where("finishedAt", ">", since).get();
  return docs.map(({ id }) => id);
}
