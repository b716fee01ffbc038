import { channelSettings } from "../agents/channel-settings.ts";
import { assertAsked, type Consents, type Purpose } from "../consent/notice.ts";
import { consentsInForce, recordConsent } from "../consent/record-consents.ts";
import { idempotentId } from "../crypto/blind-index.ts";
import type { DataSubject } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import { openConversationsLimit } from "../subjects/freeze-subject.ts";
import { type Session, sessionFor } from "./session.ts";
import { readOpenHeads, updateHead } from "./store.ts";

/**
 * Gives or withdraws one consent: a record, and the copy in each open conversation of the person, in one transaction.
 * Withdrawing is as easy as giving. Repeating the call with the same key changes nothing more.
 *
 * @returns a token whose lifetime follows the consent to be remembered.
 * @throws AppError `consent-required` for an outdated notice, `input-invalid` for a purpose it does not name,
 * `subject-frozen`, `subject-erased`.
 * @see GDPR Art. 7(3)
 */
export async function changeConsent(
  deps: Deps,
  subject: DataSubject,
  change: { purpose: string; given: boolean; noticeVersion: number },
  idempotencyKey: string,
): Promise<Session> {
  const { tenantId, subjectId } = subject;
  const { purpose, given, noticeVersion } = change;
  const { notice } = await channelSettings(deps, subject);
  assertAsked(notice, noticeVersion, [purpose]);
  const [consentId, audit] = await Promise.all([
    idempotentId(deps, tenantId, "consent", subjectId, idempotencyKey),
    auditContext(deps, tenantId, subjectId),
  ]);
  const createdAt = deps.clock.now();
  const consents = await deps.stores.data.runTransaction(async (tx) => {
    const [inForce, heads] = await Promise.all([
      consentsInForce(tx, deps, subject),
      readOpenHeads(tx, deps.stores, subject, openConversationsLimit + 5),
      assertWritable(tx, deps.stores, subject),
    ]);
    const record = { id: consentId, ...subjectOf(subject), purpose, given, noticeVersion, createdAt };
    const changed: Consents = { ...inForce.consents, [purpose]: given };
    if (!(await recordConsent(tx, deps, record, inForce))) return inForce.consents;
    for (const { id: conversationId } of heads) {
      updateHead(tx, deps.stores, { tenantId, conversationId }, { consents: changed });
    }
    appendEntry(tx, audit, {
      action: given ? "consent-given" : "consent-withdrawn",
      actor: { kind: "data-subject", id: subjectId },
      personalTargets: [{ kind: "subject", id: subjectId }],
      outcome: "success",
      metadata: { purpose, noticeVersion },
    });
    return changed;
  });
  return sessionFor(deps, subject, consents);
}

function subjectOf({ tenantId, subjectId, channelId }: DataSubject) {
  return { tenantId, subjectId, channelId };
}

/** The purposes of the notice in force, each with whether the person gave consent. */
export async function readConsentChoices(
  deps: Deps,
  subject: DataSubject,
): Promise<{ noticeVersion: number; purposes: (Purpose & { given: boolean })[] }> {
  const { notice } = await channelSettings(deps, subject);
  const { consents } = await deps.stores.data.runTransaction((tx) => consentsInForce(tx, deps, subject), {
    readOnly: true,
  });
  const purposes = notice.purposes.map((purpose) => ({ ...purpose, given: consents[purpose.id] === true }));
  return { noticeVersion: notice.version, purposes };
}
