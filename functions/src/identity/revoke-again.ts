import type { Deps } from "../platform/deps.ts";
import type { Role } from "./permissions.ts";
import { changeApiKey, changeSession, findApiKey, findMember, pageOfOpenSessions, saveMember } from "./store.ts";

/** Revokes an API key again that a restore brought back. @returns whether it was in force. */
export async function revokeKeyAgain(
  { stores }: Pick<Deps, "stores">,
  tenantId: string,
  keyId: string,
  revokedAt: Date,
): Promise<boolean> {
  return stores.data.runTransaction(async (tx) => {
    const key = await findApiKey(stores, tenantId, keyId, tx);
    if (key === undefined || key.revokedAt !== null) return false;
    changeApiKey(tx, stores, key, { revokedAt });
    return true;
  });
}

/**
 * Removes a member again, or gives the role that was given last, after a restore from before that.
 *
 * @param role - `removed`, or the last role.
 * @returns whether there was something to do.
 */
export async function setMemberAgain(
  { stores }: Pick<Deps, "stores">,
  tenantId: string,
  uid: string,
  role: Role | "removed",
  at: Date,
): Promise<boolean> {
  return stores.data.runTransaction(async (tx) => {
    const member = await findMember(stores, tenantId, uid, tx);
    if (member?.state !== "active" || member.role === role) return false;
    saveMember(tx, stores, role === "removed" ? { ...member, state: "removed", removedAt: at } : { ...member, role });
    return true;
  });
}

/**
 * Ends every session of a tenant's staff: a restore brings back those that were ended since the backup, and roles of
 * then in them. Staff sign in again.
 *
 * @returns how many were open.
 */
export async function endAllSessions(
  { stores, clock }: Pick<Deps, "stores" | "clock">,
  tenantId: string,
): Promise<number> {
  const revokedAt = clock.now();
  let ended = 0;
  let after: Date | undefined;
  do {
    const page = await pageOfOpenSessions(stores, tenantId, after ?? revokedAt, 300);
    await stores.data.runTransaction(async (tx) => {
      await Promise.resolve();
      for (const session of page.open) changeSession(tx, stores, session, { revokedAt });
    });
    ended += page.open.length;
    after = page.after;
  } while (after !== undefined);
  return ended;
}
