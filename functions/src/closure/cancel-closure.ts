import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { changeTenantRecord } from "../tenants/tenant-record.ts";
import { tenantToClose } from "./assert-closable.ts";
import { type ClosureView, readClosure } from "./read-closure.ts";

/**
 * Takes back that an account is to be deleted: the chat answers again, everywhere within a minute. Without a request it
 * changes nothing.
 *
 * @throws AppError `job-not-cancellable` once the deletion has begun; `tenant-closed`.
 */
export async function cancelClosure(deps: Deps, staff: Staff): Promise<ClosureView> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const { closure } = await tenantToClose(tx, deps, tenantId);
    if (closure === undefined) return;
    if (closure.startedAt !== undefined) {
      throw new AppError("job-not-cancellable", `deletion of ${tenantId} has begun`);
    }
    changeTenantRecord(tx, deps.stores, tenantId, { status: "active", closure: null, updatedAt: now });
    appendEntry(tx, audit, {
      action: "closure-cancelled",
      actor,
      targets: [{ kind: "tenant", id: tenantId }],
      outcome: "success",
    });
  });
  return readClosure(deps, tenantId);
}
