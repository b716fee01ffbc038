import type { Deps } from "../platform/deps.ts";
import { listMemberships, saveMembership } from "./memberships.ts";
import { removeAccount } from "./remove-account.ts";
import { listMembers, pageOfTenantIds } from "./store.ts";

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
    if (listed.includes(uid)) repair.deleted += 1;
    await removeAccount(deps, tenantId, uid);
  }
  return repair;
}

const tenantsPerPage = 100;

/**
 * Makes the directory anew for every tenant of the region, from what their members say: after the directory was lost, or
 * brought back from a backup.
 *
 * @returns what was out of step, in all.
 * @throws AppError `already-exists` as `repairMemberships`; tenants before that one are repaired.
 */
export async function repairDirectory(deps: Deps): Promise<MembershipRepair> {
  const all: MembershipRepair = { written: 0, deleted: 0 };
  let after = "";
  for (;;) {
    const page = await pageOfTenantIds(deps.stores, after, tenantsPerPage);
    for (const tenantId of page) {
      const repair = await repairMemberships(deps, tenantId);
      all.written += repair.written;
      all.deleted += repair.deleted;
    }
    if (page.length < tenantsPerPage) return all;
    after = page.at(-1) ?? after;
  }
}
