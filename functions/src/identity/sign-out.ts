import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { forgetSession } from "./authenticate-staff.ts";
import type { Staff } from "./caller.ts";
import { changeSession, findSession } from "./store.ts";

/**
 * Ends the caller's session, here at once and on other instances within a minute. An API key has none to end.
 *
 * @throws AppError `key-unavailable` when the entry cannot be written; the session then goes on.
 */
export async function signOut(deps: Deps, staff: Staff): Promise<void> {
  const { tenantId, sessionId, actor } = staff;
  if (sessionId === undefined) return;
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const session = await findSession(deps.stores, tenantId, sessionId, tx);
    if (session === undefined || session.revokedAt !== null) return;
    changeSession(tx, deps.stores, session, { revokedAt: deps.clock.now() });
    appendEntry(tx, audit, {
      action: "signed-out",
      actor,
      targets: [{ kind: "session", id: sessionId }],
      outcome: "success",
    });
  });
  forgetSession(deps, tenantId, sessionId);
}
