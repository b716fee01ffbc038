import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { fieldChanges } from "../ledger/field-changes.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { changeTenantRecord, findTenantRecord, type Tenant } from "./store.ts";

/** Settings that staff change by themselves. */
export type SettingsChange = Partial<Pick<Tenant, "name" | "website" | "privacyContact">>;

/**
 * Changes settings of the account.
 *
 * @param sent - fields to replace, parsed by the route; the audit trail gets the names of those that are others then, and
 * commitments to their values. Where all are as they were, nothing is written or recorded.
 * @throws AppError `tenant-closed`.
 */
export async function changeSettings(deps: Deps, staff: Staff, sent: SettingsChange): Promise<Tenant> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const updatedAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const tenant = await findTenantRecord(deps.stores, tenantId, tx);
    if (tenant === undefined) throw new AppError("tenant-closed", `tenant ${tenantId} is gone`);
    const changes = fieldChanges(tenant, sent);
    if (changes.length === 0) return tenant;
    changeTenantRecord(tx, deps.stores, tenantId, { ...sent, updatedAt });
    appendEntry(tx, audit, {
      action: "settings-changed",
      actor,
      targets: [{ kind: "tenant", id: tenantId }],
      outcome: "success",
      changes,
    });
    return { ...tenant, ...sent, updatedAt };
  });
}
