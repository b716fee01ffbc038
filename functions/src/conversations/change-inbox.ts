import type { Staff } from "../identity/caller.ts";
import { getMember } from "../identity/get-member.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { fieldChanges } from "../ledger/field-changes.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import { findHeadOf } from "./find-head-of.ts";
import { type InboxState, readInbox, saveInbox } from "./inbox.ts";
import { readHead } from "./store.ts";

/**
 * Puts a member in charge of a conversation, or labels it. What its visitor sees does not change.
 *
 * @param change - fields to replace; an assignee of null takes the member out of charge.
 * @throws AppError `not-found` for an unknown conversation or member, or a conversation past its period; `subject-frozen`
 * while the person is restricted; `subject-erased` when the person or the conversation is gone or going.
 */
export async function changeInbox(
  deps: Deps,
  staff: Staff,
  conversationId: string,
  change: Partial<Pick<InboxState, "assignee" | "tags">>,
): Promise<InboxState> {
  const { tenantId, actor } = staff;
  const key = { tenantId, conversationId };
  const known = await findHeadOf(deps, key);
  if (known === undefined) throw new AppError("not-found", `no conversation ${conversationId}`);
  if (typeof change.assignee === "string") await getMember(deps.stores, tenantId, change.assignee);
  const audit = await auditContext(deps, tenantId, known.subjectId);
  return deps.stores.data.runTransaction(async (tx) => {
    const head = await readHead(tx, deps.stores, key);
    if (head === undefined || head.subjectState === "erasing") {
      throw new AppError("subject-erased", `conversation ${conversationId} is gone or going`);
    }
    // The copy in a closed head is not kept up to date.
    await assertWritable(tx, deps.stores, { tenantId, subjectId: head.subjectId });
    const before = await readInbox(tx, deps.stores, head);
    const changes = fieldChanges(before, change);
    if (changes.length === 0) return before;
    const state: InboxState = { ...before, ...change };
    saveInbox(tx, deps.stores, head, state);
    appendEntry(tx, audit, {
      action: "conversation-changed",
      actor,
      personalTargets: [{ kind: "conversation", id: conversationId }],
      outcome: "success",
      changes,
    });
    return state;
  });
}
