import { dekOf } from "../crypto/keyring.ts";
import type { Staff } from "../identity/caller.ts";
import type { Deps } from "../platform/deps.ts";
import { stateOf } from "../subjects/assert-writable.ts";
import { type OpenedLead, openLeadFor } from "./open-lead.ts";
import { readableLeads } from "./readable-leads.ts";
import { leadsOfSubject } from "./store.ts";

/**
 * The leads of a person whom a member of staff has just looked up: that look-up is the entry in the audit trail.
 *
 * @returns at most 100, none past its period, without texts while the person is restricted.
 * @throws AppError `subject-erased`, `key-unavailable`.
 */
export async function leadsOfPerson(deps: Deps, staff: Staff, subjectId: string): Promise<OpenedLead[]> {
  const { tenantId } = staff;
  const stored = await readableLeads(deps, tenantId, await leadsOfSubject(deps.stores, tenantId, subjectId));
  if (stored.length === 0) return [];
  const dek = await dekOf(deps, { tenantId, subjectId });
  const state = (await stateOf(deps.stores, { tenantId, subjectId })) ?? "erasing";
  return stored.map((lead) => openLeadFor(dek, lead, state));
}
