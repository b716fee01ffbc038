import type { Transaction } from "@google-cloud/firestore";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { countHoldsInForce } from "../subject-requests/held-items.ts";
import type { Tenant } from "../tenants/find-tenant.ts";
import { findTenantRecord } from "../tenants/tenant-record.ts";

/**
 * The tenant whose deletion an owner decides about, as the transaction sees it.
 *
 * @throws AppError `tenant-closed` when it is gone.
 */
export async function tenantToClose(tx: Transaction, deps: Deps, tenantId: string): Promise<Tenant> {
  const tenant = await findTenantRecord(deps.stores, tenantId, tx);
  if (tenant === undefined) throw new AppError("tenant-closed", `tenant ${tenantId} is gone`);
  return tenant;
}

/** @throws AppError `confirmation-wrong` unless the text is the account's name, spaces around it and Unicode form aside. */
export function assertConfirmed(tenant: Tenant, confirmation: string): void {
  const spelled = (text: string) => text.normalize("NFC").trim();
  if (spelled(confirmation) !== spelled(tenant.name)) {
    throw new AppError("confirmation-wrong", "the typed confirmation is not the name of the account");
  }
}

/**
 * Makes sure that no legal duty to keep something stands against the deletion.
 *
 * @throws AppError `legal-hold` naming how many holds are in force.
 * @see GDPR Art. 17(3)(b) and (e)
 */
export async function assertNoHolds(tx: Transaction, deps: Deps, tenantId: string, now: Date): Promise<void> {
  const holds = await countHoldsInForce(deps.stores, tenantId, now, tx);
  if (holds > 0) {
    const words = holds === 1 ? "1 legal hold is in force" : `${holds} legal holds are in force`;
    throw new AppError("legal-hold", `${words}: lift ${holds === 1 ? "it" : "them"} or wait for the end`);
  }
}
