import { type DocumentData, type DocumentSnapshot, FieldPath, type Transaction } from "@google-cloud/firestore";
import { collectionGroupRef, collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Permission, Role } from "./permissions.ts";

/** A member of a tenant's staff. A removed one stays by name, so that the audit trail can say who it was. */
export interface Member {
  uid: string;
  tenantId: string;
  email: string;
  name: string;
  role: Role;
  state: "active" | "removed";
  createdAt: Date;
  removedAt?: Date;
  /** Directory and account at Firebase Authentication have still to follow; absent once they did. */
  isUnsettled?: true;
}

/** A sign-in of a member. */
export interface Session {
  sessionId: string;
  tenantId: string;
  uid: string;
  role: Role;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}

/** A key of a tenant's own software; the secret itself is not kept. */
export interface ApiKey {
  keyId: string;
  tenantId: string;
  name: string;
  scopes: readonly Permission[];
  /** SHA-256 of the secret, which has 165 random bits. */
  secretHash: Uint8Array;
  createdAt: Date;
  createdBy: string;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

function dateOf(value: unknown): Date {
  return (value as { toDate(): Date }).toDate();
}

function dateOrNull(value: unknown): Date | null {
  return value === null || value === undefined ? null : dateOf(value);
}

function memberFrom(tenantId: string, snapshot: DocumentSnapshot): Member | undefined {
  const data = snapshot.data();
  if (data === undefined) return undefined;
  const removedAt = dateOrNull(data.removedAt);
  return {
    ...(data as Omit<Member, "uid" | "tenantId" | "createdAt" | "removedAt">),
    uid: snapshot.id,
    tenantId,
    createdAt: dateOf(data.createdAt),
    ...(removedAt === null ? {} : { removedAt }),
  };
}

function sessionFrom(tenantId: string, snapshot: DocumentSnapshot): Session | undefined {
  const data = snapshot.data();
  if (data === undefined) return undefined;
  return {
    ...(data as Pick<Session, "uid" | "role">),
    sessionId: snapshot.id,
    tenantId,
    createdAt: dateOf(data.createdAt),
    expiresAt: dateOf(data.expiresAt),
    revokedAt: dateOrNull(data.revokedAt),
  };
}

function apiKeyFrom(tenantId: string, snapshot: DocumentSnapshot): ApiKey | undefined {
  const data = snapshot.data();
  if (data === undefined) return undefined;
  return {
    ...(data as Pick<ApiKey, "name" | "scopes" | "secretHash" | "createdBy">),
    keyId: snapshot.id,
    tenantId,
    createdAt: dateOf(data.createdAt),
    lastUsedAt: dateOrNull(data.lastUsedAt),
    revokedAt: dateOrNull(data.revokedAt),
  };
}

/** What is stored of a record: all but the ids that its path holds. */
function fieldsOf(record: Readonly<Record<string, unknown>>, ids: readonly string[]): DocumentData {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !ids.includes(name)));
}

/** A member, or undefined. */
export async function findMember(
  stores: Stores,
  tenantId: string,
  uid: string,
  tx?: Transaction,
): Promise<Member | undefined> {
  const ref = documentRef(stores, "members", { tenantId, uid });
  return memberFrom(tenantId, tx === undefined ? await ref.get() : await tx.get(ref));
}

/** Every member of a tenant, removed ones too; a tenant has at most some hundreds. */
export async function listMembers(stores: Stores, tenantId: string): Promise<Member[]> {
  const { docs } = await collectionRef(stores, "members", { tenantId }).get();
  return docs
    .flatMap((entry) => memberFrom(tenantId, entry) ?? [])
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** Members of every tenant of the region whose directory entry or account has still to follow. For the sweep alone. */
export async function listUnsettledMembers(stores: Stores, limit: number): Promise<Member[]> {
  const { docs } = await collectionGroupRef(stores, "members").where("isUnsettled", "==", true).limit(limit).get();
  return docs.flatMap((entry) => memberFrom(entry.ref.parent.parent?.id ?? "", entry) ?? []);
}

/** A page of the region's tenants by id. @param after - the last id seen, empty at the start. */
export async function pageOfTenantIds(stores: Stores, after: string, limit: number): Promise<string[]> {
  const ordered = collectionRef(stores, "tenants", {}).orderBy(FieldPath.documentId()).limit(limit).select();
  return (await (after === "" ? ordered : ordered.startAfter(after)).get()).docs.map(({ id }) => id);
}

/** How many active owners a tenant has, as the transaction sees it. */
export async function countOwners(tx: Transaction, stores: Stores, tenantId: string): Promise<number> {
  const owners = collectionRef(stores, "members", { tenantId }).where("role", "==", "owner");
  return (await tx.get(owners.where("state", "==", "active"))).size;
}

/** Writes a member: a fresh one, or one that is back. */
export function saveMember(tx: Transaction, stores: Stores, member: Member): void {
  const ref = documentRef(stores, "members", { tenantId: member.tenantId, uid: member.uid });
  tx.set(ref, fieldsOf({ ...member }, ["uid", "tenantId"]));
}

/** A session, or undefined. */
export async function findSession(
  stores: Stores,
  tenantId: string,
  sessionId: string,
  tx?: Transaction,
): Promise<Session | undefined> {
  const ref = documentRef(stores, "sessions", { tenantId, sessionId });
  return sessionFrom(tenantId, tx === undefined ? await ref.get() : await tx.get(ref));
}

/** The open sessions of a member, the one that ends first first. `signIn` bounds their number. */
export async function openSessionsOf(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  uid: string,
  now: Date,
): Promise<Session[]> {
  const sessions = collectionRef(stores, "sessions", { tenantId });
  const { docs } = await tx.get(sessions.where("uid", "==", uid).where("expiresAt", ">", now).orderBy("expiresAt"));
  return docs.flatMap((entry) => sessionFrom(tenantId, entry) ?? []).filter((session) => session.revokedAt === null);
}

/** Sessions of a tenant that are open after a time, the one that ends first first; `after` for the next page. */
export async function pageOfOpenSessions(
  stores: Stores,
  tenantId: string,
  after: Date,
  limit: number,
): Promise<{ open: Session[]; after?: Date }> {
  const sessions = collectionRef(stores, "sessions", { tenantId });
  const { docs } = await sessions.where("expiresAt", ">", after).orderBy("expiresAt").limit(limit).get();
  const found = docs.flatMap((entry) => sessionFrom(tenantId, entry) ?? []);
  const last = found.at(-1);
  const open = found.filter((session) => session.revokedAt === null);
  return docs.length < limit || last === undefined ? { open } : { open, after: last.expiresAt };
}

/** Writes a fresh session. */
export function createSession(tx: Transaction, stores: Stores, session: Session): void {
  const { tenantId, sessionId } = session;
  const ref = documentRef(stores, "sessions", { tenantId, sessionId });
  tx.create(ref, fieldsOf({ ...session }, ["sessionId", "tenantId"]));
}

/** Ends a session or changes its role. */
export function changeSession(
  tx: Transaction,
  stores: Stores,
  session: Session,
  change: Partial<Pick<Session, "role" | "revokedAt">>,
): void {
  const { tenantId, sessionId } = session;
  tx.update(documentRef(stores, "sessions", { tenantId, sessionId }), change);
}

/** An API key, or undefined. */
export async function findApiKey(
  stores: Stores,
  tenantId: string,
  keyId: string,
  tx?: Transaction,
): Promise<ApiKey | undefined> {
  const ref = documentRef(stores, "apiKeys", { tenantId, keyId });
  return apiKeyFrom(tenantId, tx === undefined ? await ref.get() : await tx.get(ref));
}

/** Every API key of a tenant, revoked ones too, newest first. */
export async function listApiKeys(stores: Stores, tenantId: string): Promise<ApiKey[]> {
  const { docs } = await collectionRef(stores, "apiKeys", { tenantId }).get();
  return docs
    .flatMap((entry) => apiKeyFrom(tenantId, entry) ?? [])
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** Writes a fresh API key. */
export function createApiKeyRecord(tx: Transaction, stores: Stores, key: ApiKey): void {
  const { tenantId, keyId } = key;
  tx.create(documentRef(stores, "apiKeys", { tenantId, keyId }), fieldsOf({ ...key }, ["keyId", "tenantId"]));
}

/** Notes that a key was used or revoked. */
export function changeApiKey(
  tx: Transaction,
  stores: Stores,
  key: ApiKey,
  change: Partial<Pick<ApiKey, "lastUsedAt" | "revokedAt">>,
): void {
  const { tenantId, keyId } = key;
  tx.update(documentRef(stores, "apiKeys", { tenantId, keyId }), change);
}

/** How much of the chat a channel or account has used in a window of time; leased units count as used. */
export interface Quota {
  windowAt: Date;
  taken: number;
}

/** A quota within a transaction, or undefined before the first lease. */
export async function readQuota(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  quotaId: string,
): Promise<Quota | undefined> {
  const snapshot = await tx.get(documentRef(stores, "quotas", { tenantId, quotaId }));
  const data = snapshot.data() as { windowAt: { toDate(): Date }; taken: number } | undefined;
  return data === undefined ? undefined : { windowAt: data.windowAt.toDate(), taken: data.taken };
}

/** Writes a quota; that of an earlier window is replaced. */
export function saveQuota(tx: Transaction, stores: Stores, tenantId: string, quotaId: string, quota: Quota): void {
  tx.set(documentRef(stores, "quotas", { tenantId, quotaId }), { ...quota });
}
