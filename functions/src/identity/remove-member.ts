import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { noteTombstone } from "../subject-requests/note-tombstone.ts";
import { assertOwner } from "./add-member.ts";
import { forgetSession } from "./authenticate-staff.ts";
import type { Staff } from "./caller.ts";
import { assertAnotherOwner, getActiveMember } from "./last-owner.ts";
import { settleMember } from "./settle-member.ts";
import { changeSession, openSessionsOf, saveMember } from "./store.ts";

/**
 * Removes a member: sessions end in the same transaction (on other instances within a minute), then the directory entry
 * and the account at Firebase Authentication go.
 *
 * @throws AppError `not-found`; `last-owner`; `forbidden` when somebody else than an owner removes an owner.
 */
export async function removeMember(deps: Deps, staff: Staff, uid: string): Promise<void> {
  const { tenantId } = staff;
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  const sessions = await deps.stores.data.runTransaction(async (tx) => {
    const member = await getActiveMember(tx, deps, tenantId, uid);
    const sessions = await openSessionsOf(tx, deps.stores, tenantId, uid, now);
    if (member.role === "owner") {
      assertOwner(staff);
      await assertAnotherOwner(tx, deps, tenantId);
    }
    for (const session of sessions) changeSession(tx, deps.stores, session, { revokedAt: now });
    saveMember(tx, deps.stores, { ...member, state: "removed", removedAt: now, isUnsettled: true });
    noteTombstone(tx, deps, { tenantId, kind: "revocation", targets: { uid, role: "removed" }, at: now });
    appendEntry(tx, audit, {
      action: "member-removed",
      actor: staff.actor,
      targets: [{ kind: "member", id: uid }],
      outcome: "success",
      metadata: { role: member.role },
    });
    return sessions;
  });
  for (const { sessionId } of sessions) forgetSession(deps, tenantId, sessionId);
  // The removal is durable and complete for our API. If we die here, sweepMembers removes the other two.
  await settleMember(deps, tenantId, uid);
}
