import { dekOf } from "../crypto/keyring.ts";
import type { Deps } from "../platform/deps.ts";
import type { LeadTexts } from "./lead.ts";
import { openLead } from "./open-lead.ts";
import { leadsOfSubject } from "./store.ts";

/**
 * What the leads of a person say, for machinery that needs a part of it; nobody sees it.
 *
 * @returns of at most 100 leads.
 * @throws AppError `subject-erased`, `key-unavailable`.
 */
export async function textsInLeads(
  deps: Deps,
  subject: { tenantId: string; subjectId: string },
): Promise<Partial<LeadTexts>[]> {
  const stored = await leadsOfSubject(deps.stores, subject.tenantId, subject.subjectId);
  if (stored.length === 0) return [];
  const dek = await dekOf(deps, subject);
  return stored.map((lead) => openLead(dek, lead).texts);
}
