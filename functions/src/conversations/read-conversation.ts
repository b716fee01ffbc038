import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { getSubjectIn } from "../subjects/get-subject.ts";
import { type OpenedSubject, openSubject, type RestrictedUse } from "../subjects/read-subject.ts";
import type { Head } from "./conversation.ts";
import { findHeadOf } from "./find-head-of.ts";
import { readInbox, saveInbox } from "./inbox.ts";
import { type ListedConversation, listed } from "./list-conversations.ts";
import { type OpenedTurn, openHistory } from "./read-history.ts";
import { readHead } from "./store.ts";

/** A conversation with its texts. */
export interface OpenedConversation {
  conversation: ListedConversation;
  subject: OpenedSubject;
  /** Oldest first; the newest 50, or the 50 before the time asked for. None of a restricted person without a use. */
  turns: OpenedTurn[];
  more: boolean;
}

/**
 * Opens a conversation for a member of staff and marks it as read. The entry is durable before any text is opened; where
 * it cannot be written, nothing is read. The text of a restricted person is opened only for a use of Art. 18(2), and nothing
 * is written for one.
 *
 * @param page.before - only turns asked before this time.
 * @param page.use - what the text is used for although its person is restricted; the caller may use restricted data.
 * @throws AppError `not-found`, also for one past its period; `subject-erased` when the person's key is gone; `key-unavailable`.
 */
export async function readConversation(
  deps: Deps,
  staff: Staff,
  conversationId: string,
  page: { before?: Date | undefined; use?: RestrictedUse } = {},
): Promise<OpenedConversation> {
  const { before, use } = page;
  const { tenantId, actor } = staff;
  const key = { tenantId, conversationId };
  const known = await findHeadOf(deps, key);
  if (known === undefined) throw new AppError("not-found", `no conversation ${conversationId}`);
  const audit = await auditContext(deps, tenantId, known.subjectId);
  const person = { tenantId, subjectId: known.subjectId };
  const { conversation, stored } = await deps.stores.data.runTransaction(async (tx) => {
    const head: Head | undefined = await readHead(tx, deps.stores, key);
    if (head === undefined) throw new AppError("subject-erased", `conversation ${conversationId} is gone`);
    const [earlier, stored] = await Promise.all([
      readInbox(tx, deps.stores, head),
      getSubjectIn(tx, deps.stores, person),
    ]);
    // The copy in a closed head is not kept up to date: the person says whether anything is written.
    const inbox = stored.state === "active" ? { ...earlier, lastReadAt: deps.clock.now() } : earlier;
    if (inbox !== earlier) saveInbox(tx, deps.stores, head, inbox);
    appendEntry(tx, audit, {
      action: use === undefined ? "conversation-read" : "restricted-data-used",
      actor,
      personalTargets: [
        { kind: "conversation", id: conversationId },
        { kind: "subject", id: head.subjectId },
      ],
      ...(use === undefined ? {} : { reason: use.reason }),
      outcome: "success",
      metadata: { subjectState: stored.state, ...(use === undefined ? {} : { ground: use.ground }) },
    });
    return { conversation: listed(head, inbox, stored.state), stored };
  });
  const subject = await openSubject(deps, staff, person, stored);
  if (subject.state === "restricted" && use === undefined) return { conversation, subject, turns: [], more: false };
  const history = await openHistory(deps, key, before);
  if (history === undefined) throw new AppError("subject-erased", `conversation ${conversationId} is gone`);
  return { conversation, subject, turns: history.turns, more: history.more };
}
