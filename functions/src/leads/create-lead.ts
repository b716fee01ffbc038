import { answeringSettings } from "../agents/channel-settings.ts";
import { idempotentId } from "../crypto/blind-index.ts";
import { dekOf } from "../crypto/keyring.ts";
import { sealField } from "../crypto/sealed-fields.ts";
import type { DataSubject } from "../identity/caller.ts";
import { documentPath } from "../inventory/collections.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import { claimIdentifier } from "../subjects/claim-identifier.ts";
import { extendProfile } from "../subjects/profile.ts";
import { type Lead, type LeadTexts, leadTextNames } from "./lead.ts";
import { createLeadRecord, readLead, type StoredLead } from "./store.ts";

/**
 * Stores what a visitor leaves for a person to answer, sealed under the visitor's key; address and number become stated
 * claims, which open nothing. Repeating the call with the same key returns the first lead.
 *
 * @param texts - parsed by the route: trimmed, an e-mail address or a phone number is there.
 * @throws AppError `subject-frozen`, `subject-erased`, `key-unavailable`, `account-closing`.
 */
export async function createLead(
  deps: Deps,
  subject: DataSubject,
  texts: LeadTexts,
  idempotencyKey: string,
): Promise<Lead> {
  const { tenantId, subjectId, conversationId, channelId } = subject;
  await answeringSettings(deps, subject);
  const [leadId, dek, audit] = await Promise.all([
    idempotentId(deps, tenantId, "lead", conversationId, idempotencyKey),
    dekOf(deps, subject),
    auditContext(deps, tenantId, subjectId),
  ]);
  const createdAt = deps.clock.now();
  const path = documentPath("leads", { tenantId, leadId });
  const told = leadTextNames.flatMap((name) => (texts[name] === undefined ? [] : [[name, texts[name]] as const]));
  const sealed: StoredLead["sealed"] = Object.fromEntries(
    told.map(([name, text]) => [name, sealField(dek, path, name, text, deps.ids)]),
  );
  const lead = { id: leadId, tenantId, subjectId, conversationId, channelId, state: "new" as const, createdAt };

  await deps.stores.data.runTransaction((tx) => assertWritable(tx, deps.stores, subject), { readOnly: true });
  // Claims first: a lead whose address leads to nobody could not be found again.
  if (texts.email !== undefined) await claimIdentifier(deps, subject, "email", texts.email, "stated");
  if (texts.phone !== undefined) await claimIdentifier(deps, subject, "phone", texts.phone, "stated");
  return deps.stores.data.runTransaction(async (tx): Promise<Lead> => {
    const [existing, stored] = await Promise.all([
      readLead(tx, deps.stores, { tenantId, leadId }),
      assertWritable(tx, deps.stores, subject),
    ]);
    if (existing !== undefined) return existing;
    createLeadRecord(tx, deps.stores, { ...lead, sealed });
    const { message: _message, ...profile } = texts;
    extendProfile(tx, deps, dek, subject, stored, profile);
    appendEntry(tx, audit, {
      action: "lead-created",
      actor: { kind: "data-subject", id: subjectId },
      personalTargets: [{ kind: "lead", id: leadId }],
      outcome: "success",
      metadata: { fields: told.map(([name]) => name) },
    });
    return lead;
  });
}
