import type { Staff } from "../identity/caller.ts";
import { confirmPassword } from "../identity/confirm-password.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { changeTenantRecord } from "../tenants/tenant-record.ts";
import { assertConfirmed, assertNoHolds, tenantToClose } from "./assert-closable.ts";
import { type ClosureView, readClosure } from "./read-closure.ts";
import { startClosure } from "./start-closure.ts";

/**
 * Gives up the rest of the grace: the deletion begins at once and cannot be cancelled. Waiving twice is waiving once.
 *
 * @param proof - the name of the account as typed, and the owner's own password.
 * @throws AppError `not-found` when no deletion was asked for; `sign-in-refused`, `confirmation-wrong`, `legal-hold`,
 * `tenant-closed`; `forbidden` for an API key.
 */
export async function waiveClosure(
  deps: Deps,
  staff: Staff,
  proof: { confirmation: string; password: string },
): Promise<ClosureView> {
  const { tenantId, actor } = staff;
  await confirmPassword(deps, staff, proof.password);
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const tenant = await tenantToClose(tx, deps, tenantId);
    const { closure } = tenant;
    if (closure === undefined) throw new AppError("not-found", `no deletion of ${tenantId} was asked for`);
    assertConfirmed(tenant, proof.confirmation);
    if (closure.waivedAt !== undefined || closure.startedAt !== undefined) return;
    await assertNoHolds(tx, deps, tenantId, now);
    const waived = { ...closure, waivedAt: now, closesAt: now };
    changeTenantRecord(tx, deps.stores, tenantId, { closure: waived, updatedAt: now });
    appendEntry(tx, audit, {
      action: "closure-waived",
      actor,
      targets: [{ kind: "tenant", id: tenantId }],
      outcome: "success",
    });
  });
  // Durable: the waiver. If we die before the next line, the hourly sweep begins the deletion.
  await startClosure(deps, tenantId, now);
  return readClosure(deps, tenantId);
}
