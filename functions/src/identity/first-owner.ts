import type { Transaction } from "@google-cloud/firestore";
import { type AuditContext, appendEntry } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { saveMembership } from "./memberships.ts";
import { findMember, saveMember } from "./store.ts";

/**
 * Makes the owner of an account that is being opened, in the transaction that makes the account.
 */
export function createFirstOwner(
  tx: Transaction,
  deps: Deps,
  audit: AuditContext,
  owner: { tenantId: string; uid: string; email: string; name: string },
): void {
  const { tenantId, uid, email, name } = owner;
  const createdAt = deps.clock.now();
  saveMember(tx, deps.stores, { uid, tenantId, email, name, role: "owner", state: "active", createdAt });
  appendEntry(tx, audit, {
    action: "member-added",
    actor: { kind: "member", id: uid },
    targets: [{ kind: "member", id: uid }],
    outcome: "success",
    metadata: { role: "owner" },
  });
}

/** Whether an account is an active owner of a tenant, as the transaction sees it. */
export async function isOwnerOf(tx: Transaction, deps: Deps, tenantId: string, uid: string): Promise<boolean> {
  const member = await findMember(deps.stores, tenantId, uid, tx);
  return member?.state === "active" && member.role === "owner";
}

/** Lets a member sign in: puts the account into the directory. Safe to repeat. */
export async function enterDirectory(deps: Deps, tenantId: string, uid: string): Promise<void> {
  await saveMembership(deps.stores, uid, tenantId);
}
