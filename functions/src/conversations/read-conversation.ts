import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { getSubject } from "../subjects/get-subject.ts";
import { type OpenedSubject, openSubject } from "../subjects/read-subject.ts";
import type { Head } from "./conversation.ts";
import { readInbox, saveInbox } from "./inbox.ts";
import { type ListedConversation, listed } from "./list-conversations.ts";
import { type OpenedTurn, openHistory } from "./read-history.ts";
import { findHead, readHead } from "./store.ts";

/** A conversation with its texts. */
export interface OpenedConversation {
  conversation: ListedConversation;
  subject: OpenedSubject;
  /** Oldest first; the newest 50, or the 50 before the time asked for. */
  turns: OpenedTurn[];
  more: boolean;
}

/**
 * Opens a conversation for a member of staff and marks it as read. The entry is durable before any text is opened; where
 * it cannot be written, nothing is read.
 *
 * @param before - only turns asked before this time.
 * @throws AppError `not-found`; `subject-erased` when the person's key is gone; `key-unavailable`.
 */
export async function readConversation(
  deps: Deps,
  staff: Staff,
  conversationId: string,
  before: Date | undefined,
): Promise<OpenedConversation> {
  const { tenantId, actor } = staff;
  const key = { tenantId, conversationId };
  const known = await findHead(deps.stores, key);
  if (known === undefined) throw new AppError("not-found", `no conversation ${conversationId}`);
  const audit = await auditContext(deps, tenantId, known.subjectId);
  const conversation = await deps.stores.data.runTransaction(async (tx) => {
    const head: Head | undefined = await readHead(tx, deps.stores, key);
    if (head === undefined) throw new AppError("subject-erased", `conversation ${conversationId} is gone`);
    const inbox = { ...(await readInbox(tx, deps.stores, head)), lastReadAt: deps.clock.now() };
    saveInbox(tx, deps.stores, head, inbox);
    appendEntry(tx, audit, {
      action: "conversation-read",
      actor,
      personalTargets: [
        { kind: "conversation", id: conversationId },
        { kind: "subject", id: head.subjectId },
      ],
      outcome: "success",
      metadata: { subjectState: head.subjectState },
    });
    return listed(head, inbox);
  });
  const person = { tenantId, subjectId: known.subjectId };
  const [history, subject] = await Promise.all([
    openHistory(deps, key, before),
    getSubject(deps.stores, person).then((stored) => openSubject(deps, person, stored)),
  ]);
  if (history === undefined) throw new AppError("subject-erased", `conversation ${conversationId} is gone`);
  return { conversation, subject, turns: history.turns, more: history.more };
}
