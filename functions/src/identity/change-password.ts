import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { forgetSession } from "./authenticate-staff.ts";
import type { Staff } from "./caller.ts";
import { confirmPassword } from "./confirm-password.ts";
import { changeSession, openSessionsOf } from "./store.ts";

/**
 * Changes the caller's password and ends their other sessions.
 *
 * @throws AppError `sign-in-refused` when the current password is wrong; `forbidden` for an API key.
 */
export async function changePassword(deps: Deps, staff: Staff, current: string, next: string): Promise<void> {
  const { tenantId, actor, sessionId } = staff;
  const member = await confirmPassword(deps, staff, current);
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  // Sessions end first: if we die before the password is set, the member signs in again with the old one.
  const ended = await deps.stores.data.runTransaction(async (tx) => {
    const open = await openSessionsOf(tx, deps.stores, tenantId, member.uid, now);
    const others = open.filter((session) => session.sessionId !== sessionId);
    for (const session of others) changeSession(tx, deps.stores, session, { revokedAt: now });
    appendEntry(tx, audit, { action: "password-changed", actor, outcome: "intended" });
    return others;
  });
  for (const session of ended) forgetSession(deps, tenantId, session.sessionId);
  await deps.staffAccounts.setPassword(member.uid, next);
  await deps.stores.data.runTransaction(async (tx) => {
    appendEntry(tx, audit, { action: "password-changed", actor, outcome: "success" });
  });
}
