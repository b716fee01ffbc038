import type { Staff } from "../identity/caller.ts";
import { confirmPassword } from "../identity/confirm-password.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { changeTenantRecord } from "../tenants/tenant-record.ts";
import { assertConfirmed, assertNoHolds, tenantToClose } from "./assert-closable.ts";
import { type ClosureRequest, closureTimes } from "./closure.ts";
import { type ClosureView, closureView } from "./read-closure.ts";

/**
 * Asks for the deletion of an account: the chat takes nothing new from then on, and all of it is gone by the end of day
 * 30 unless an owner cancels. Asking again returns the first request: two clicks are one.
 *
 * @param proof - the name of the account as typed, and the owner's own password.
 * @throws AppError `sign-in-refused`, `confirmation-wrong`; `legal-hold` naming how many holds are in force;
 * `tenant-closed`; `forbidden` for an API key.
 */
export async function requestClosure(
  deps: Deps,
  staff: Staff,
  proof: { confirmation: string; password: string },
): Promise<ClosureView> {
  const { tenantId, actor } = staff;
  await confirmPassword(deps, staff, proof.password);
  const audit = await auditContext(deps, tenantId);
  const id = deps.ids.next();
  const now = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const tenant = await tenantToClose(tx, deps, tenantId);
    assertConfirmed(tenant, proof.confirmation);
    if (tenant.closure !== undefined) return closureView(tenant, 0, now);
    await assertNoHolds(tx, deps, tenantId, now);
    const times = closureTimes(now);
    const closure: ClosureRequest = { id, requestedAt: now, requestedBy: actor.id, ...times, reminders: {} };
    changeTenantRecord(tx, deps.stores, tenantId, { status: "closing", closure, updatedAt: now });
    appendEntry(tx, audit, {
      action: "closure-requested",
      actor,
      targets: [{ kind: "tenant", id: tenantId }],
      outcome: "success",
      metadata: { closesAt: times.closesAt.toISOString(), goneBy: times.goneBy.toISOString() },
    });
    return closureView({ ...tenant, status: "closing", closure }, 0, now);
  });
}
