import type { AuditAction } from "../../functions/src/ledger/actions.ts";
import { actionsOf as everyAction } from "./audit-log.ts";
import type { TestDeps } from "./test-deps.ts";

/** How many entries of an action a tenant's trail has, whether they wait for the log or are in it. */
export async function actionsOf(deps: TestDeps, tenantId: string, action: AuditAction): Promise<number> {
  return (await everyAction(deps, tenantId)).filter((name) => name === action).length;
}
