import type { Staff } from "../identity/caller.ts";
import { type AuditContext, appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { cursorOf, placeOf } from "../platform/page-cursor.ts";
import { statesOf } from "../subjects/assert-writable.ts";
import { type OpenedLead, openLeadFor } from "./open-lead.ts";
import { readableLeads } from "./readable-leads.ts";
import { pageOfLeads } from "./store.ts";

/** One page, and where the next one begins while there is one. */
export interface LeadPage {
  leads: OpenedLead[];
  nextCursor?: string;
}

/**
 * Lists leads with their texts, newest first; those past their period or of an erased person are left out, and those of a
 * restricted person have no texts. Every lead shown has an entry of its own, durable before any text is opened, so that its
 * person can be told who read it.
 *
 * @param page.cursor - an earlier page's `nextCursor`.
 * @throws AppError `input-invalid` for a cursor that no page gave; `key-unavailable`.
 */
export async function listLeads(
  deps: Deps,
  staff: Staff,
  page: { limit: number; cursor?: string | undefined },
): Promise<LeadPage> {
  const { tenantId, actor } = staff;
  const after = page.cursor === undefined ? undefined : placeOf(page.cursor);
  const stored = await pageOfLeads(deps.stores, tenantId, page.limit + 1, after);
  const onPage = stored.slice(0, page.limit);
  const inTime = await readableLeads(deps, tenantId, onPage);
  const audits = await Promise.all(inTime.map((lead) => contextOf(deps, lead)));
  const readable = inTime.flatMap((lead, position) => {
    const audit = audits[position];
    return audit?.person === undefined ? [] : [{ lead, audit, dek: audit.person.dek }];
  });
  const states = await deps.stores.data.runTransaction(async (tx) => {
    const ids = readable.map(({ lead }) => lead.subjectId);
    const states = await statesOf(deps.stores, tenantId, ids, tx);
    for (const { lead, audit } of readable) {
      appendEntry(tx, audit, {
        action: "leads-read",
        actor,
        personalTargets: [
          { kind: "lead", id: lead.id },
          { kind: "subject", id: lead.subjectId },
        ],
        outcome: "success",
        metadata: { subjectState: states.get(lead.subjectId) ?? "erasing" },
      });
    }
    return states;
  });
  const leads = readable.map(({ lead, dek }) => openLeadFor(dek, lead, states.get(lead.subjectId) ?? "erasing"));
  const last = onPage.at(-1);
  if (stored.length <= page.limit || last === undefined) return { leads };
  return { leads, nextCursor: cursorOf({ time: last.createdAt, id: last.id }) };
}

/** The keys for a person's entry, or undefined when the person has been erased. */
async function contextOf(deps: Deps, lead: { tenantId: string; subjectId: string }): Promise<AuditContext | undefined> {
  try {
    return await auditContext(deps, lead.tenantId, lead.subjectId);
  } catch (error) {
    if (error instanceof AppError && error.code === "subject-erased") return undefined;
    throw error;
  }
}
