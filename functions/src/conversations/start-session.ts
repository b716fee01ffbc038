import { answeringSettings } from "../agents/channel-settings.ts";
import { assertAsked, type Consents, consentsOf } from "../consent/notice.ts";
import { recordFirstConsents } from "../consent/record-consents.ts";
import { idempotentId } from "../crypto/blind-index.ts";
import { createKey, destroyKey } from "../crypto/keyring.ts";
import type { ChannelVisitor, DataSubject } from "../identity/caller.ts";
import { takeQuota } from "../identity/take-quota.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { addSubject } from "../subjects/add-subject.ts";
import { claimIdentifier, forgetIdentifier } from "../subjects/claim-identifier.ts";
import type { Head } from "./conversation.ts";
import { newHead } from "./new-head.ts";
import { type Session, sessionFor } from "./session.ts";
import { createHead, findHead, readHead } from "./store.ts";

/**
 * Begins the first conversation of an unknown visitor: a new data subject with a key of its own, the session as a
 * verified identifier, the head, and one consent record for each purpose. Repeating the call with the same key returns
 * the same session, so a key must be as hard to guess as a token.
 *
 * @param answers - the notice that the visitor acknowledged, and what was ticked.
 * @param idempotencyKey - at least 32 characters.
 * @throws AppError `input-invalid` for a short key or an unknown purpose, `consent-required` for an outdated notice,
 * `not-found`, `tenant-closed`, `account-closing`, `key-unavailable`, `rate-limited`.
 * @see GDPR Art. 7, Art. 13
 */
export async function startSession(
  deps: Deps,
  visitor: ChannelVisitor,
  answers: { noticeVersion: number; consents: Consents },
  idempotencyKey: string,
): Promise<Session> {
  if (idempotencyKey.length < 32) throw new AppError("input-invalid", "Idempotency-Key of a session is too short");
  const { tenantId, channelId } = visitor;
  const { notice } = await answeringSettings(deps, visitor, answers.noticeVersion);
  assertAsked(notice, answers.noticeVersion, Object.keys(answers.consents));
  await takeQuota(deps, visitor);
  const [conversationId, sessionId] = await Promise.all([
    idempotentId(deps, tenantId, "conversation", channelId, idempotencyKey),
    idempotentId(deps, tenantId, "session", channelId, idempotencyKey),
  ]);
  const subjectOf = (subjectId: string): DataSubject => {
    return { kind: "data-subject", tenantId, subjectId, conversationId, channelId, sessionId };
  };
  const earlier = await findHead(deps.stores, { tenantId, conversationId });
  if (earlier !== undefined) return sessionFor(deps, subjectOf(earlier.subjectId), earlier.consents);

  // A subject's id is never made from the key: a repeat after an erasure must not bring the erased person back.
  const subject = subjectOf(deps.ids.next());
  const consents = consentsOf(notice, answers.consents);
  const given = Object.keys(consents).filter((id) => consents[id]);
  const startedAt = deps.clock.now();
  // A key is written before what it seals. If we die before the transaction, the orphan sweep finds key and claim.
  const dek = await createKey(deps, { collection: "deks", tenantId, subjectId: subject.subjectId });
  await claimIdentifier(deps, subject, "session", sessionId, "verified");
  const audit = await auditContext(deps, tenantId, subject.subjectId);
  const head = await deps.stores.data.runTransaction(async (tx): Promise<Head> => {
    const other = await readHead(tx, deps.stores, subject);
    if (other !== undefined) return other;
    const made = newHead(subject, notice.version, consents, startedAt);
    addSubject(tx, deps.stores, subject, dek, startedAt);
    createHead(tx, deps.stores, made);
    recordFirstConsents(tx, deps, subject, notice, consents, startedAt);
    appendEntry(tx, audit, {
      action: "session-started",
      actor: { kind: "data-subject", id: subject.subjectId },
      personalTargets: [{ kind: "conversation", id: conversationId }],
      targets: [{ kind: "channel", id: channelId }],
      outcome: "success",
      isEvidence: given.length > 0,
      metadata: { noticeVersion: notice.version, given },
    });
    return made;
  });
  if (head.subjectId !== subject.subjectId) await abandon(deps, subject);
  return sessionFor(deps, subjectOf(head.subjectId), head.consents);
}

/** The same call ran twice at once and the other was first: what only this one made goes again. */
async function abandon(deps: Deps, subject: DataSubject): Promise<void> {
  await forgetIdentifier(deps, subject, "session", subject.sessionId);
  await destroyKey(deps, { collection: "deks", tenantId: subject.tenantId, subjectId: subject.subjectId });
}
