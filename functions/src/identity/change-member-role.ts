import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { noteTombstone } from "../subject-requests/note-tombstone.ts";
import { assertOwner } from "./add-member.ts";
import { forgetSession } from "./authenticate-staff.ts";
import type { Staff } from "./caller.ts";
import { assertAnotherOwner, getActiveMember } from "./last-owner.ts";
import type { Role } from "./permissions.ts";
import { changeSession, type Member, openSessionsOf, saveMember } from "./store.ts";

/**
 * Gives a member another role, in their open sessions too.
 *
 * @throws AppError `not-found`; `last-owner` when no owner would be left; `forbidden` when somebody else than an owner
 * makes or unmakes one.
 */
export async function changeMemberRole(deps: Deps, staff: Staff, uid: string, role: Role): Promise<Member> {
  const { tenantId } = staff;
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  const { member, sessions } = await deps.stores.data.runTransaction(async (tx) => {
    const member = await getActiveMember(tx, deps, tenantId, uid);
    if (role === "owner" || member.role === "owner") assertOwner(staff);
    if (member.role === role) return { member, sessions: [] };
    if (member.role === "owner") await assertAnotherOwner(tx, deps, tenantId);
    const sessions = await openSessionsOf(tx, deps.stores, tenantId, uid, now);
    for (const session of sessions) changeSession(tx, deps.stores, session, { role });
    const changed: Member = { ...member, role };
    saveMember(tx, deps.stores, changed);
    noteTombstone(tx, deps, { tenantId, kind: "revocation", targets: { uid, role }, at: now });
    appendEntry(tx, audit, {
      action: "member-role-changed",
      actor: staff.actor,
      targets: [{ kind: "member", id: uid }],
      outcome: "success",
      metadata: { from: member.role, to: role },
    });
    return { member: changed, sessions };
  });
  for (const { sessionId } of sessions) forgetSession(deps, tenantId, sessionId);
  return member;
}
