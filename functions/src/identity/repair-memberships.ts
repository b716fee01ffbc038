import type { Deps } from "../platform/deps.ts";
import { deleteMembership, listMemberships, saveMembership } from "./memberships.ts";
import { listMembers } from "./store.ts";

/** What was out of step. */
export interface MembershipRepair {
  written: number;
  deleted: number;
}

/**
 * Makes the directory say what the members of a tenant say, and deletes accounts of removed members. Safe to repeat.
 *
 * @throws AppError `already-exists` when an active member's account belongs to another tenant: a person must decide.
 */
export async function repairMemberships(deps: Deps, tenantId: string): Promise<MembershipRepair> {
  const members = await listMembers(deps.stores, tenantId);
  const active = new Set(members.filter((member) => member.state === "active").map((member) => member.uid));
  const removed = members.filter((member) => member.state === "removed").map((member) => member.uid);
  const listed = await listMemberships(deps.stores, tenantId);
  const repair: MembershipRepair = { written: 0, deleted: 0 };
  for (const uid of active) if (await saveMembership(deps.stores, uid, tenantId)) repair.written += 1;
  for (const uid of new Set([...listed, ...removed])) {
    if (active.has(uid)) continue;
    if (await deleteMembership(deps.stores, uid, tenantId)) repair.deleted += 1;
    await deps.staffAccounts.remove(uid);
  }
  return repair;
}
