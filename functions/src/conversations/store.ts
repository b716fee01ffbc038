import { type DocumentSnapshot, FieldPath, type Transaction } from "@google-cloud/firestore";
import type { Consents } from "../consent/notice.ts";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { PagePlace } from "../platform/page-cursor.ts";
import type { AiSession, Head, Turn, VersionedHead, WindowElement } from "./conversation.ts";

export interface HeadKey {
  tenantId: string;
  conversationId: string;
}

export interface TurnKey extends HeadKey {
  turnId: string;
}

type StoredWindow = Readonly<Record<string, Omit<WindowElement, "askedAt"> & { askedAt: Stamp }>>;

function headFrom(tenantId: string, snapshot: DocumentSnapshot): VersionedHead | undefined {
  const data = snapshot.data() as
    | (Omit<Head, "id" | "tenantId" | "startedAt" | "lastTurnAt" | "usage" | "window"> & {
        startedAt: Stamp;
        lastTurnAt?: Stamp;
        usage?: { since: Stamp; turns: number };
        window: StoredWindow;
      })
    | undefined;
  if (data === undefined || snapshot.updateTime === undefined) return undefined;
  const { startedAt, lastTurnAt, usage, window, ...fields } = data;
  const elements = Object.entries(window).map(([id, { askedAt, ...texts }]) => [
    id,
    { ...texts, askedAt: askedAt.toDate() },
  ]);
  return {
    ...fields,
    id: snapshot.id,
    tenantId,
    window: Object.fromEntries(elements) as Head["window"],
    startedAt: startedAt.toDate(),
    ...(lastTurnAt === undefined ? {} : { lastTurnAt: lastTurnAt.toDate() }),
    ...(usage === undefined ? {} : { usage: { since: usage.since.toDate(), turns: usage.turns } }),
    version: snapshot.updateTime,
  };
}

function turnFrom(key: HeadKey, snapshot: DocumentSnapshot): Turn | undefined {
  const data = snapshot.data() as
    | (Omit<Turn, "id" | "tenantId" | "askedAt" | "answeredAt" | "lease"> & {
        askedAt: Stamp;
        answeredAt?: Stamp;
        lease: { holder: string; expiresAt: Stamp };
      })
    | undefined;
  if (data === undefined) return undefined;
  const { askedAt, answeredAt, lease, ...fields } = data;
  return {
    ...fields,
    id: snapshot.id,
    tenantId: key.tenantId,
    askedAt: askedAt.toDate(),
    lease: { holder: lease.holder, expiresAt: lease.expiresAt.toDate() },
    ...(answeredAt === undefined ? {} : { answeredAt: answeredAt.toDate() }),
  };
}

/** A head within a transaction, or undefined. */
export async function readHead(tx: Transaction, stores: Stores, key: HeadKey): Promise<VersionedHead | undefined> {
  return headFrom(key.tenantId, await tx.get(documentRef(stores, "conversations", key)));
}

/** A head, or undefined. */
export async function findHead(stores: Stores, key: HeadKey): Promise<Head | undefined> {
  return headFrom(key.tenantId, await documentRef(stores, "conversations", key).get());
}

/** Stores a new head. */
export function createHead(tx: Transaction, stores: Stores, head: Head): void {
  const { id: conversationId, tenantId, ...fields } = head;
  tx.create(documentRef(stores, "conversations", { tenantId, conversationId }), fields);
}

/** A person's open conversations, oldest first, at most `limit`. */
export async function readOpenHeads(
  tx: Transaction,
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
  limit: number,
): Promise<Head[]> {
  const open = collectionRef(stores, "conversations", { tenantId: subject.tenantId })
    .where("subjectId", "==", subject.subjectId)
    .where("state", "==", "open")
    .orderBy("startedAt")
    .limit(limit);
  const { docs } = await tx.get(open);
  return docs.flatMap((snapshot) => headFrom(subject.tenantId, snapshot) ?? []);
}

/**
 * Conversations in which something was asked, newest first.
 *
 * @param of - one person's only, or everybody's.
 */
export async function pageOfHeads(
  stores: Stores,
  of: { tenantId: string; subjectId?: string | undefined },
  limit: number,
  after?: PagePlace,
): Promise<Head[]> {
  const { tenantId, subjectId } = of;
  const all = collectionRef(stores, "conversations", { tenantId });
  const own = subjectId === undefined ? all : all.where("subjectId", "==", subjectId);
  // A head without turns has no lastTurnAt, and a query ordered by it does not hold the head.
  const newest = own.orderBy("lastTurnAt", "desc").orderBy(FieldPath.documentId(), "desc").limit(limit);
  const page = after === undefined ? newest : newest.startAfter(after.time, after.id);
  return (await page.get()).docs.flatMap((snapshot) => headFrom(tenantId, snapshot) ?? []);
}

/** Opens or closes a conversation, or replaces its copy of the consents. */
export function updateHead(
  tx: Transaction,
  stores: Stores,
  key: HeadKey,
  fields: { state?: Head["state"]; consents?: Consents; subjectState?: Head["subjectState"] },
): void {
  tx.update(documentRef(stores, "conversations", { ...key }), { ...fields });
}

/** A turn within a transaction, or undefined. */
export async function readTurn(tx: Transaction, stores: Stores, key: TurnKey): Promise<Turn | undefined> {
  return turnFrom(key, await tx.get(documentRef(stores, "turns", key)));
}

/** A turn, or undefined. */
export async function findTurn(stores: Stores, key: TurnKey): Promise<Turn | undefined> {
  return turnFrom(key, await documentRef(stores, "turns", key).get());
}

/** Stores a new turn; the commit fails with gRPC 6 when there is one of that id. */
export function createTurn(tx: Transaction, stores: Stores, turn: Turn): void {
  const { id: turnId, tenantId, ...fields } = turn;
  tx.create(documentRef(stores, "turns", { tenantId, conversationId: turn.conversationId, turnId }), fields);
}

/** Gives a turn to another invocation. */
export function updateLease(tx: Transaction, stores: Stores, key: TurnKey, lease: Turn["lease"]): void {
  tx.update(documentRef(stores, "turns", key), { state: "answering", lease });
}

/** Turns of a conversation asked before a time, newest first. */
export async function listTurns(stores: Stores, key: HeadKey, before: Date, limit: number): Promise<Turn[]> {
  const turns = collectionRef(stores, "turns", key)
    .where("askedAt", "<", before)
    .orderBy("askedAt", "desc")
    .limit(limit);
  const { docs } = await turns.get();
  return docs.flatMap((snapshot) => turnFrom(key, snapshot) ?? []);
}

/** The three writes that end a turn. */
export interface TurnEnd {
  turn: TurnKey;
  turnFields: Partial<Omit<Turn, "id" | "tenantId">>;
  headFields: Partial<Pick<Head, "window" | "turnCount" | "usage" | "lastTurnAt">>;
  session: AiSession;
}

/**
 * Ends a turn in one batch of three writes and no read, provided that the head is as it was read.
 *
 * @throws an error of gRPC code 9 (or 5, gone) when the head changed, 6 when the turn was charged already; nothing is
 * written then.
 */
export async function commitTurnEnd(
  stores: Stores,
  end: TurnEnd,
  headVersion: VersionedHead["version"],
): Promise<void> {
  const batch = stores.data.batch();
  const { id: aiSessionId, tenantId, ...session } = end.session;
  batch.update(documentRef(stores, "conversations", end.turn), { ...end.headFields }, { lastUpdateTime: headVersion });
  batch.update(documentRef(stores, "turns", end.turn), { ...end.turnFields });
  batch.create(documentRef(stores, "aiSessions", { tenantId, aiSessionId }), session);
  await batch.commit();
}

/** The same three writes within a transaction that has read the head and the turn anew. */
export function writeTurnEnd(tx: Transaction, stores: Stores, end: TurnEnd): void {
  const { id: aiSessionId, tenantId, ...session } = end.session;
  tx.update(documentRef(stores, "conversations", end.turn), { ...end.headFields });
  tx.update(documentRef(stores, "turns", end.turn), { ...end.turnFields });
  tx.create(documentRef(stores, "aiSessions", { tenantId, aiSessionId }), session);
}
