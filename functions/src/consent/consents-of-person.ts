import type { Staff } from "../identity/caller.ts";
import type { Deps } from "../platform/deps.ts";
import { type ConsentRecord, consentsOfSubject } from "./store.ts";

/**
 * The consents of a person whom a member of staff has just looked up: that look-up is the entry in the audit trail.
 *
 * @returns each one as it was given or withdrawn, newest first, at most 200.
 * @see GDPR Art. 7(1)
 */
export function consentsOfPerson(deps: Deps, staff: Staff, subjectId: string): Promise<ConsentRecord[]> {
  return consentsOfSubject(deps.stores, { tenantId: staff.tenantId, subjectId });
}
