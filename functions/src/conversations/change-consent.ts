import { channelSettings } from "../agents/channel-settings.ts";
import { type Choice, listChoices } from "../consent/list-choices.ts";
import { assertAsked, type Consents } from "../consent/notice.ts";
import { consentsInForce, recordConsent } from "../consent/record-consents.ts";
import { idempotentId } from "../crypto/blind-index.ts";
import type { DataSubject } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import { openConversationsLimit } from "../subjects/freeze-subject.ts";
import { type Session, sessionFor } from "./session.ts";
import { readOpenHeads, updateHead } from "./store.ts";

/**
 * Gives or withdraws one consent: a record, and the copy in each open conversation of the person, in one transaction.
 * Repeating the call with the same key changes nothing more.
 *
 * Withdrawing is as easy as giving: whatever is in force can be withdrawn, whichever notice the page shows and whether or
 * not the one in force names the purpose. The record then names the notice under which the consent was given.
 *
 * @returns a token whose lifetime follows the consent to be remembered.
 * @throws AppError `consent-required` for giving under an outdated notice; `input-invalid` for giving for a purpose that
 * the notice does not name, or withdrawing what the person was never asked for; `subject-frozen`, `subject-erased`.
 * @see GDPR Art. 7(3)
 */
export async function changeConsent(
  deps: Deps,
  subject: DataSubject,
  change: { purpose: string; given: boolean; noticeVersion: number },
  idempotencyKey: string,
): Promise<Session> {
  const { tenantId, subjectId } = subject;
  const { purpose, given } = change;
  const { notice } = await channelSettings(deps, subject, given ? change.noticeVersion : undefined);
  if (given) assertAsked(notice, change.noticeVersion, [purpose]);
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
    const decidedUnder = inForce.noticeVersions[purpose];
    if (!given && decidedUnder === undefined) {
      throw new AppError("input-invalid", "there is no consent of that purpose to withdraw");
    }
    if (!given && inForce.consents[purpose] !== true) return inForce.consents;
    const noticeVersion = given ? notice.version : (decidedUnder ?? notice.version);
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

/** What the person may decide about: the purposes of the notice in force, and what else is in force of earlier ones. */
export async function readConsentChoices(
  deps: Deps,
  subject: DataSubject,
): Promise<{ noticeVersion: number; purposes: Choice[] }> {
  const { notice } = await channelSettings(deps, subject);
  return { noticeVersion: notice.version, purposes: await listChoices(deps, subject, notice) };
}
