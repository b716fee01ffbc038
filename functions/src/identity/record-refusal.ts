import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import type { Staff } from "./caller.ts";
import { minuteCaches } from "./minute-cache.ts";
import type { Permission } from "./permissions.ts";

const recorded = minuteCaches<true>();

/**
 * Puts a refusal by permission into the audit trail: at most one entry a minute for each session or key and permission
 * on one instance, so that a page that keeps asking does not fill the log.
 *
 * @throws AppError `key-unavailable` when the entry cannot be written; the caller is refused either way.
 */
export async function recordRefusal(deps: Deps, staff: Staff, permission: Permission): Promise<void> {
  const who = staff.sessionId ?? staff.actor.id;
  await recorded(deps).remember(`${staff.tenantId}/${who}/${permission}`, async () => {
    const audit = await auditContext(deps, staff.tenantId);
    await deps.stores.data.runTransaction(async (tx) => {
      appendEntry(tx, audit, {
        action: "permission-refused",
        actor: staff.actor,
        targets: [{ kind: "permission", id: permission }],
        outcome: "refused",
        metadata: { role: staff.role },
      });
    });
    return true;
  });
}
