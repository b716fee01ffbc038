import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { cursorOf, placeOf } from "../platform/page-cursor.ts";
import { statesOf } from "../subjects/assert-writable.ts";
import type { SubjectState } from "../subjects/freeze-subject.ts";
import type { Head } from "./conversation.ts";
import { readableHeads } from "./find-head-of.ts";
import { type InboxState, inboxStatesOf, isUnread } from "./inbox.ts";
import { pageOfHeads } from "./store.ts";

/** A conversation in a list: no text. */
export interface ListedConversation extends Pick<InboxState, "tags"> {
  conversationId: string;
  subjectId: string;
  subjectState: Head["subjectState"];
  channelId: string;
  state: Head["state"];
  turnCount: number;
  startedAt: Date;
  lastTurnAt?: Date;
  unread: boolean;
  assignee?: string;
}

/** One page, and where the next one begins while there is one. */
export interface ConversationPage {
  conversations: ListedConversation[];
  nextCursor?: string;
}

/**
 * A head and its inbox state as they are listed.
 *
 * @param person - the state that the person has; undefined for one who is gone. The copy in a head says more only where the
 * conversation alone is being erased: a closed head's is not kept up to date.
 */
export function listed(head: Head, inbox: InboxState, person: SubjectState | undefined): ListedConversation {
  const { id: conversationId, subjectId, channelId, state, turnCount, startedAt, lastTurnAt } = head;
  const subjectState = head.subjectState === "erasing" ? "erasing" : (person ?? "erasing");
  return {
    ...{ conversationId, subjectId, subjectState, channelId, state, turnCount, startedAt },
    ...(lastTurnAt === undefined ? {} : { lastTurnAt }),
    unread: isUnread(head, inbox),
    ...(inbox.assignee === null ? {} : { assignee: inbox.assignee }),
    tags: inbox.tags,
  };
}

/**
 * Lists conversations, newest first, without their text. Whoever listed them is in the audit trail. What is past its
 * period is left out, so that a page may hold fewer than there are on it.
 *
 * @param page.subjectId - one person's only.
 * @param page.cursor - an earlier page's `nextCursor`.
 * @throws AppError `input-invalid` for a cursor that no page gave; `key-unavailable` when the entry cannot be written.
 */
export async function listConversations(
  deps: Deps,
  staff: Staff,
  page: { limit: number; cursor?: string | undefined; subjectId?: string | undefined },
): Promise<ConversationPage> {
  const { tenantId, actor } = staff;
  const { limit, subjectId } = page;
  const after = page.cursor === undefined ? undefined : placeOf(page.cursor);
  const heads = await pageOfHeads(deps.stores, { tenantId, subjectId }, limit + 1, after);
  const onPage = heads.slice(0, limit);
  const shown = await readableHeads(deps, tenantId, onPage);
  const inbox = await inboxStatesOf(
    deps.stores,
    tenantId,
    shown.map(({ id }) => id),
  );
  const states = await statesOf(
    deps.stores,
    tenantId,
    shown.map((head) => head.subjectId),
  );
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    appendEntry(tx, audit, {
      action: "conversation-listed",
      actor,
      outcome: "success",
      metadata: { count: shown.length, ofOnePerson: subjectId !== undefined },
    });
  });
  const none: InboxState = { assignee: null, tags: [], lastReadAt: null };
  const conversations = shown.map((head, position) =>
    listed(head, inbox[position] ?? none, states.get(head.subjectId)),
  );
  const last = onPage.at(-1);
  if (heads.length <= limit || last?.lastTurnAt === undefined) return { conversations };
  return { conversations, nextCursor: cursorOf({ time: last.lastTurnAt, id: last.id }) };
}
