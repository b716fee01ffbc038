import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { withoutDue } from "../retention/without-due.ts";
import type { StoredLead } from "./store.ts";

/** Those of some leads that may be read: what is past its period is hidden. */
export function readableLeads(deps: Deps, tenantId: string, leads: readonly StoredLead[]): Promise<StoredLead[]> {
  return withoutDue(deps, tenantId, "leads", leads, ({ id: leadId, subjectId, createdAt }) => ({
    path: documentPath("leads", { tenantId, leadId }),
    subjectId,
    agedAt: createdAt,
  }));
}
