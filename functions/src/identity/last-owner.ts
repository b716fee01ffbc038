import type { Transaction } from "@google-cloud/firestore";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { countOwners, findMember, type Member } from "./store.ts";

/**
 * A member who has not been removed.
 *
 * @throws AppError `not-found`.
 */
export async function getActiveMember(tx: Transaction, deps: Deps, tenantId: string, uid: string): Promise<Member> {
  const member = await findMember(deps.stores, tenantId, uid, tx);
  if (member?.state !== "active") throw new AppError("not-found", `no member ${uid}`);
  return member;
}

/**
 * Refuses what would leave a tenant without an owner. To be called in the transaction that takes one away: two that
 * take away each other's last owner at once cannot both commit.
 *
 * @throws AppError `last-owner`.
 */
export async function assertAnotherOwner(tx: Transaction, deps: Deps, tenantId: string): Promise<void> {
  if ((await countOwners(tx, deps.stores, tenantId)) < 2) {
    throw new AppError("last-owner", "an account keeps at least one owner");
  }
}
