import { answeringSettings } from "../agents/channel-settings.ts";
import { consentsInForce } from "../consent/record-consents.ts";
import { idempotentId } from "../crypto/blind-index.ts";
import type { DataSubject } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import { newHead } from "./new-head.ts";
import { roomForOneMore } from "./room-for-one-more.ts";
import { type Session, sessionFor } from "./session.ts";
import { createHead, readHead } from "./store.ts";

/**
 * Begins a further conversation of a known person, with the consents in force; a 21st open one closes the oldest.
 * Repeating the call with the same key returns the same conversation.
 *
 * @throws AppError `subject-frozen`, `subject-erased`, `not-found`, `tenant-closed`, `account-closing`.
 */
export async function newConversation(deps: Deps, subject: DataSubject, idempotencyKey: string): Promise<Session> {
  const { tenantId, subjectId } = subject;
  const { notice } = await answeringSettings(deps, subject);
  const conversationId = await idempotentId(deps, tenantId, "conversation", subjectId, idempotencyKey);
  const next: DataSubject = { ...subject, conversationId };
  const audit = await auditContext(deps, tenantId, subjectId);
  const startedAt = deps.clock.now();
  const consents = await deps.stores.data.runTransaction(async (tx) => {
    const [existing, { consents }, makeRoom] = await Promise.all([
      readHead(tx, deps.stores, next),
      consentsInForce(tx, deps, subject),
      roomForOneMore(tx, deps.stores, subject),
      assertWritable(tx, deps.stores, subject),
    ]);
    if (existing !== undefined) return existing.consents;
    const closed = makeRoom();
    createHead(tx, deps.stores, newHead(next, notice.version, consents, startedAt));
    appendEntry(tx, audit, {
      action: "conversation-started",
      actor: { kind: "data-subject", id: subjectId },
      personalTargets: [{ kind: "conversation", id: conversationId }],
      outcome: "success",
      metadata: { reopened: false, closed: closed.length },
    });
    return consents;
  });
  return sessionFor(deps, next, consents);
}
