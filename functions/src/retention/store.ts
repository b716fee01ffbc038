import { type DocumentSnapshot, FieldPath, type Query, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { CollectionName } from "../inventory/inventory.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { PersonalCollection } from "../inventory/subject-records.ts";
import { isAdjustable, type RetentionPolicy } from "./policy.ts";

/** A tenant's policy with the database's own time of the read. */
export interface PolicyNow {
  policy: RetentionPolicy;
  readAt: Date;
}

function policyFrom(data: unknown): RetentionPolicy {
  const stored = (data ?? {}) as Record<string, { days: number | null; from: Stamp; before: number | null } | number>;
  const chosen = Object.entries(stored).flatMap(([name, period]) =>
    isAdjustable(name) && typeof period === "object"
      ? [[name, { ...period, from: period.from.toDate() }] as const]
      : [],
  );
  return Object.fromEntries(chosen) as RetentionPolicy;
}

function policyNow(snapshot: DocumentSnapshot): PolicyNow | undefined {
  if (!snapshot.exists) return undefined;
  return { policy: policyFrom(snapshot.get("retention")), readAt: snapshot.readTime.toDate() };
}

/** A tenant's retention policy and when the database was asked; undefined for an id without an account. */
export async function findPolicy(stores: Stores, tenantId: string): Promise<PolicyNow | undefined> {
  return policyNow(await documentRef(stores, "tenants", { tenantId }).get());
}

/** The same within the transaction that changes the policy. */
export async function readPolicyIn(tx: Transaction, stores: Stores, tenantId: string): Promise<PolicyNow | undefined> {
  return policyNow(await tx.get(documentRef(stores, "tenants", { tenantId })));
}

/** Replaces the policy. */
export function savePolicy(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  policy: RetentionPolicy,
  updatedAt: Date,
): void {
  tx.update(documentRef(stores, "tenants", { tenantId }), { retention: policy, updatedAt });
}

/** A tenant as the sweep sees it. */
export interface SweptTenant {
  tenantId: string;
  /** When its last purge was started, or its account opened. */
  lastRunAt: Date;
}

/** The next tenants of the region after an id, by id, with the database's own time of the read. */
export async function pageOfTenants(
  stores: Stores,
  after: string | undefined,
  limit: number,
): Promise<{ tenants: SweptTenant[]; readAt: Date }> {
  const all = collectionRef(stores, "tenants", {}).orderBy(FieldPath.documentId());
  const ordered = all.limit(limit).select("purgeStartedAt", "createdAt");
  const { docs, readTime } = await (after === undefined ? ordered : ordered.startAfter(after)).get();
  const tenants = docs.map((snapshot) => {
    const lastRunAt = (snapshot.get("purgeStartedAt") ?? snapshot.get("createdAt")) as Stamp;
    return { tenantId: snapshot.id, lastRunAt: lastRunAt.toDate() };
  });
  return { tenants, readAt: readTime.toDate() };
}

/** Whether there is an account; within the transaction that starts its purge. */
export async function hasTenant(tx: Transaction, stores: Stores, tenantId: string): Promise<boolean> {
  return (await tx.get(documentRef(stores, "tenants", { tenantId }))).exists;
}

/** Notes when a tenant's purge was started. */
export function noteRun(tx: Transaction, stores: Stores, tenantId: string, purgeStartedAt: Date): void {
  tx.update(documentRef(stores, "tenants", { tenantId }), { purgeStartedAt });
}

function expiredQuery(stores: Stores, name: CollectionName, tenantId: string, agedBy: string, cutoff: Date): Query {
  const all = collectionRef(stores, name, { tenantId } as never);
  // A consent expires by its withdrawal: one that was given and not withdrawn lasts as long as its person.
  const expiring = name === "consents" ? all.where("given", "==", false) : all;
  return expiring.where(agedBy, "<", cutoff).orderBy(agedBy);
}

/** A record past its period. */
export interface ExpiredRecord {
  id: string;
  path: string;
  agedAt: Date;
  subjectId: string | undefined;
  data: Readonly<Record<string, unknown>>;
}

/** Where the page before ended: many records may be of one moment. */
export interface ExpiredPage {
  after?: { agedAt: Date; id: string } | undefined;
  limit: number;
}

function pageOf(query: Query, { after, limit }: ExpiredPage): Query {
  const ordered = query.orderBy(FieldPath.documentId()).limit(limit);
  return after === undefined ? ordered : ordered.startAfter(after.agedAt, after.id);
}

/** Records of a collection that are older than a cutoff, oldest first. */
export async function listExpired(
  stores: Stores,
  entry: PersonalCollection,
  tenantId: string,
  cutoff: Date,
  page: ExpiredPage,
): Promise<ExpiredRecord[]> {
  const agedBy = entry.agedBy ?? "createdAt";
  const { docs } = await pageOf(expiredQuery(stores, entry.name, tenantId, agedBy, cutoff), page).get();
  return docs.map((snapshot) => {
    const data = snapshot.data();
    // A document that staff saved from a chat names its person as source.
    const subjectId: unknown = data.subjectId ?? data.sourceSubjectId;
    return {
      id: snapshot.id,
      path: snapshot.ref.path,
      agedAt: (data[agedBy] as Stamp).toDate(),
      subjectId: typeof subjectId === "string" ? subjectId : undefined,
      data,
    };
  });
}

function neverAskedQuery(stores: Stores, tenantId: string, cutoff: Date): Query {
  return collectionRef(stores, "conversations", { tenantId })
    .where("turnCount", "==", 0)
    .where("startedAt", "<", cutoff)
    .orderBy("startedAt");
}

/** Conversations that began before a cutoff and in which no question ever came to an end, oldest first. */
export async function listNeverAsked(
  stores: Stores,
  tenantId: string,
  cutoff: Date,
  page: ExpiredPage,
): Promise<ExpiredRecord[]> {
  const { docs } = await pageOf(neverAskedQuery(stores, tenantId, cutoff), page).get();
  return docs.map((snapshot) => {
    const data = snapshot.data();
    return {
      id: snapshot.id,
      path: snapshot.ref.path,
      agedAt: (data.startedAt as Stamp).toDate(),
      subjectId: data.subjectId as string,
      data,
    };
  });
}

/** How many conversations that began before a cutoff never had a question that came to an end. */
export async function countNeverAsked(stores: Stores, tenantId: string, cutoff: Date): Promise<number> {
  return (await neverAskedQuery(stores, tenantId, cutoff).count().get()).data().count;
}

/** How many records of a collection are older than a cutoff. */
export async function countExpired(
  stores: Stores,
  entry: PersonalCollection,
  tenantId: string,
  cutoff: Date,
): Promise<number> {
  return (
    await expiredQuery(stores, entry.name, tenantId, entry.agedBy ?? "createdAt", cutoff)
      .count()
      .get()
  ).data().count;
}

/** Earlier consents of a person for a purpose, up to a withdrawal: they go with it, or it would look given again. */
export async function consentsUpTo(
  stores: Stores,
  tenantId: string,
  subjectId: string,
  purpose: string,
  at: Date,
): Promise<string[]> {
  const { docs } = await collectionRef(stores, "consents", { tenantId })
    .where("subjectId", "==", subjectId)
    .where("purpose", "==", purpose)
    .where("createdAt", "<=", at)
    .get();
  return docs.map((snapshot) => snapshot.ref.path);
}
