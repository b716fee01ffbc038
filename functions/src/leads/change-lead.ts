import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import type { Lead } from "./lead.ts";
import { readableLeads } from "./readable-leads.ts";
import { changeLeadRecord, findLead, readLead } from "./store.ts";

/**
 * Notes that somebody has taken care of a lead, or not yet.
 *
 * @throws AppError `not-found`, also for one past its period; `subject-frozen` while its person is restricted;
 * `subject-erased` when its person is gone.
 */
export async function changeLead(deps: Deps, staff: Staff, leadId: string, state: Lead["state"]): Promise<Lead> {
  const { tenantId, actor } = staff;
  const key = { tenantId, leadId };
  const found = await findLead(deps.stores, key);
  const [known] = await readableLeads(deps, tenantId, found === undefined ? [] : [found]);
  if (known === undefined) throw new AppError("not-found", `no lead ${leadId}`);
  const audit = await auditContext(deps, tenantId, known.subjectId);
  return deps.stores.data.runTransaction(async (tx) => {
    const stored = await readLead(tx, deps.stores, key);
    if (stored === undefined) throw new AppError("subject-erased", `lead ${leadId} is gone`);
    await assertWritable(tx, deps.stores, { tenantId, subjectId: stored.subjectId });
    changeLeadRecord(tx, deps.stores, key, state);
    appendEntry(tx, audit, {
      action: "lead-changed",
      actor,
      personalTargets: [{ kind: "lead", id: leadId }],
      outcome: "success",
      metadata: { state },
    });
    const { sealed: _texts, ...lead } = stored;
    return { ...lead, state };
  });
}
