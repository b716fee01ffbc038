import { dekOf } from "../crypto/keyring.ts";
import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { getSubjectIn } from "../subjects/get-subject.ts";
import type { RestrictedUse } from "../subjects/read-subject.ts";
import { type OpenedLead, openLead } from "./open-lead.ts";
import { findLead, readLead } from "./store.ts";

/**
 * Opens a restricted person's lead for a use of Art. 18(2). The entry with ground and reason is durable before any text is
 * opened.
 *
 * @param use - what the text is used for; the caller may use restricted data.
 * @throws AppError `not-found`; `subject-erased` when its person is gone; `key-unavailable`.
 * @see GDPR Art. 18(2)
 */
export async function useRestrictedLead(
  deps: Deps,
  staff: Staff,
  leadId: string,
  use: RestrictedUse,
): Promise<OpenedLead> {
  const { tenantId, actor } = staff;
  const key = { tenantId, leadId };
  const known = await findLead(deps.stores, key);
  if (known === undefined) throw new AppError("not-found", `no lead ${leadId}`);
  const person = { tenantId, subjectId: known.subjectId };
  const audit = await auditContext(deps, tenantId, known.subjectId);
  const read = await deps.stores.data.runTransaction(async (tx) => {
    const [lead, { state }] = await Promise.all([
      readLead(tx, deps.stores, key),
      getSubjectIn(tx, deps.stores, person),
    ]);
    if (lead === undefined) throw new AppError("subject-erased", `lead ${leadId} is gone`);
    appendEntry(tx, audit, {
      action: "restricted-data-used",
      actor,
      personalTargets: [
        { kind: "lead", id: leadId },
        { kind: "subject", id: lead.subjectId },
      ],
      reason: use.reason,
      outcome: "success",
      metadata: { subjectState: state, ground: use.ground },
    });
    return { lead, state };
  });
  return { ...openLead(await dekOf(deps, person), read.lead), subjectState: read.state };
}
