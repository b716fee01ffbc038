import type { AuditAction } from "../../functions/src/ledger/actions.ts";
import type { TestDeps } from "./test-deps.ts";

/** How many entries of an action wait for a tenant's log; for tests in which nobody sequences. */
export async function actionsOf(deps: TestDeps, tenantId: string, action: AuditAction): Promise<number> {
  const pending = deps.stores.data.collection(`tenants/${tenantId}/auditPending`).where("action", "==", action);
  return (await pending.count().get()).data().count;
}
