import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { Head } from "./conversation.ts";

/** What staff keep beside a conversation; a turn never touches it. */
export interface InboxState {
  /** Member in charge. */
  assignee: string | null;
  tags: readonly string[];
  lastReadAt: Date | null;
}

function inboxFrom(snapshot: DocumentSnapshot): InboxState {
  const data = snapshot.data() as (Omit<InboxState, "lastReadAt"> & { lastReadAt: Stamp | null }) | undefined;
  if (data === undefined) return { assignee: null, tags: [], lastReadAt: null };
  return { assignee: data.assignee, tags: data.tags, lastReadAt: data.lastReadAt?.toDate() ?? null };
}

/** The inbox states of conversations, in their order; one that nobody has touched is empty. */
export async function inboxStatesOf(
  stores: Stores,
  tenantId: string,
  conversationIds: readonly string[],
): Promise<InboxState[]> {
  if (conversationIds.length === 0) return [];
  const refs = conversationIds.map((conversationId) => documentRef(stores, "inbox", { tenantId, conversationId }));
  return (await stores.data.getAll(...refs)).map(inboxFrom);
}

/** The inbox state of a conversation within a transaction. */
export async function readInbox(tx: Transaction, stores: Stores, head: Head): Promise<InboxState> {
  const { tenantId, id: conversationId } = head;
  return inboxFrom(await tx.get(documentRef(stores, "inbox", { tenantId, conversationId })));
}

/** Writes the inbox state of a conversation, with whose it is and how old: what erasure and retention ask. */
export function saveInbox(tx: Transaction, stores: Stores, head: Head, state: InboxState): void {
  const { tenantId, id: conversationId, subjectId, startedAt, lastTurnAt = startedAt } = head;
  tx.set(documentRef(stores, "inbox", { tenantId, conversationId }), { ...state, subjectId, lastTurnAt });
}

/** Whether something was said since staff last looked. */
export function isUnread(head: Pick<Head, "lastTurnAt">, { lastReadAt }: Pick<InboxState, "lastReadAt">): boolean {
  return head.lastTurnAt !== undefined && (lastReadAt === null || head.lastTurnAt > lastReadAt);
}
