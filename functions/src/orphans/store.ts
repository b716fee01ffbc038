import { FieldPath, type QueryDocumentSnapshot } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import { type CollectionName, inventory } from "../inventory/inventory.ts";
import type { Stamp } from "../inventory/stored.ts";

/** A key or a record, as far as the sweep must know it. */
export interface Kept {
  collection: CollectionName;
  tenantId: string;
  id: string;
  /** Person whose it is; absent for keys and inputs of jobs. */
  subjectId?: string;
  /** Names the evidence key under which a kept item is sealed instead of its person's. */
  evidenceId?: string;
  /** When it was made; the epoch for a document that does not say so, which makes it old. */
  madeAt: Date;
}

/** Where a round goes on: in a collection of a tenant, behind an id. */
export interface SweepPlace {
  tenantId: string;
  collection: string;
  after: string;
}

const sweepName = "orphan-sweep";

function refOf(stores: Stores, { collection, tenantId, id }: Pick<Kept, "collection" | "tenantId" | "id">) {
  const documentParam = /\{(\w+)\}$/.exec(inventory[collection].path)?.[1] ?? "";
  return documentRef(stores, collection, { tenantId, [documentParam]: id } as never);
}

function keptFrom(collection: CollectionName, tenantId: string, snapshot: QueryDocumentSnapshot): Kept {
  const data = snapshot.data();
  const { dataSubject } = inventory[collection] as { dataSubject: object };
  const owner: unknown = "documentId" in dataSubject ? snapshot.id : data.subjectId;
  const evidenceId: unknown = data.evidenceId;
  const made = (data.createdAt ?? data.startedAt ?? data.receivedAt) as Stamp | undefined;
  return {
    collection,
    tenantId,
    id: snapshot.id,
    ...(typeof owner === "string" ? { subjectId: owner } : {}),
    ...(typeof evidenceId === "string" ? { evidenceId } : {}),
    madeAt: made?.toDate() ?? new Date(0),
  };
}

/** A page of a tenant's collection by id. */
export async function pageOfKept(
  stores: Stores,
  collection: CollectionName,
  tenantId: string,
  after: string,
  limit: number,
): Promise<Kept[]> {
  const ordered = collectionRef(stores, collection, { tenantId } as never)
    .orderBy(FieldPath.documentId())
    .limit(limit)
    .select("subjectId", "evidenceId", "createdAt", "startedAt", "receivedAt");
  const { docs } = await (after === "" ? ordered : ordered.startAfter(after)).get();
  return docs.map((snapshot) => keptFrom(collection, tenantId, snapshot));
}

/** Whether there is a document. */
export async function exists(
  stores: Stores,
  place: { collection: CollectionName; tenantId: string; id: string },
): Promise<boolean> {
  return (await refOf(stores, place).get()).exists;
}

/** Whether a job may still run: one that failed may be retried. */
export async function isJobOpen(stores: Stores, tenantId: string, jobId: string): Promise<boolean> {
  const job = await documentRef(stores, "jobs", { tenantId, jobId }).get();
  return job.exists && job.get("state") !== "done" && job.get("state") !== "cancelled";
}

/** A tenant as its two databases know it. */
export interface SweptTenant {
  tenantId: string;
  /** From `tenants`; absent for keys without an account. */
  status?: string;
  hasKeys: boolean;
  /** When the account or, without one, its first key was made. */
  madeAt: Date;
  /** The database's own time of the read. */
  readAt: Date;
}

/** The next tenant behind an id that has an account or keys; undefined behind the last. */
export async function nextTenant(stores: Stores, after: string): Promise<SweptTenant | undefined> {
  const firstBehind = async (name: "tenants" | "tenantKeys") => {
    const ordered = collectionRef(stores, name, {}).orderBy(FieldPath.documentId()).limit(1).select();
    return (await (after === "" ? ordered : ordered.startAfter(after)).get()).docs[0]?.id;
  };
  const ids = await Promise.all([firstBehind("tenants"), firstBehind("tenantKeys")]);
  const [tenantId] = ids.flatMap((id) => id ?? []).sort();
  return tenantId === undefined ? undefined : readTenant(stores, tenantId);
}

/** A tenant as its two databases know it, whether it exists or not. */
export async function readTenant(stores: Stores, tenantId: string): Promise<SweptTenant> {
  // Keys are made before the account and go before it: read in this order, keys without an account are no accident of timing.
  const keys = await documentRef(stores, "tenantKeys", { tenantId }).get();
  const account = await documentRef(stores, "tenants", { tenantId }).get();
  const wrapped = (keys.get("keys") ?? []) as { createdAt: Stamp }[];
  const madeMs = account.exists
    ? (account.get("createdAt") as Stamp | undefined)?.toDate().getTime()
    : Math.min(...wrapped.map(({ createdAt }) => createdAt.toDate().getTime()));
  const status: unknown = account.get("status");
  return {
    tenantId,
    ...(account.exists ? { status: typeof status === "string" ? status : "active" } : {}),
    hasKeys: keys.exists,
    madeAt: new Date(Number.isFinite(madeMs) ? (madeMs ?? 0) : 0),
    readAt: account.readTime.toDate(),
  };
}

/** Where the last run stopped; undefined at the start of a round. */
export async function readPlace(stores: Stores): Promise<SweepPlace | undefined> {
  const snapshot = await documentRef(stores, "sweeps", { sweepName }).get();
  return (snapshot.get("place") as SweepPlace | null | undefined) ?? undefined;
}

/** Keeps where this run stops. */
export async function savePlace(stores: Stores, place: SweepPlace | undefined, updatedAt: Date): Promise<void> {
  await documentRef(stores, "sweeps", { sweepName }).set({ place: place ?? null, updatedAt });
}
