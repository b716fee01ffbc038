import type { Query, Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import { hashAt } from "./hash.ts";
import type { EntryFilter, Openings, QueuedEntry } from "./store.ts";

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

/** Name of a bundle's document: its number, so that names sort as numbers do. */
export function bundleName(number: number): string {
  return String(number).padStart(12, "0");
}

function bundleFrom(data: unknown): Bundle | undefined {
  if (data === undefined) return undefined;
  const stored = data as Omit<Bundle, "lastOccurredAt"> & { lastOccurredAt: Stamp };
  return { ...stored, lastOccurredAt: stored.lastOccurredAt.toDate() };
}

/**
 * A bundle with further entries behind those it has.
 *
 * @param bundle - as stored, or undefined for the first entries of a new one.
 * @param firstIndex - of the bundle.
 * @param leafHashes - of the further entries, in a row.
 */
export function grownBundle(
  bundle: Bundle | undefined,
  firstIndex: number,
  entries: readonly QueuedEntry[],
  leafHashes: Uint8Array,
): Bundle {
  const ids = entries.map((_, index) => Buffer.from(hashAt(leafHashes, index).subarray(0, 8)).toString("hex"));
  const times = entries.map((entry) => entry.occurredAt.getTime());
  const last = new Date(Math.max(bundle?.lastOccurredAt.getTime() ?? 0, ...times));
  return {
    firstIndex,
    leaves: [...(bundle?.leaves ?? []), ...entries.map((entry) => entry.leaf)],
    hashes: Buffer.concat([bundle?.hashes ?? new Uint8Array(), leafHashes]),
    leafIds: [...(bundle?.leafIds ?? []), ...ids],
    entryIds: [...(bundle?.entryIds ?? []), ...entries.map((entry) => entry.id)],
    actions: [...(bundle?.actions ?? []), ...entries.map((entry) => entry.action)],
    actorIds: [...(bundle?.actorIds ?? []), ...entries.map((entry) => entry.actorId)],
    subjectTags: [...(bundle?.subjectTags ?? []), ...entries.map((entry) => entry.subjectTag)],
    openings: [...(bundle?.openings ?? []), ...entries.map((entry) => entry.openings)],
    lastOccurredAt: last,
  };
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
