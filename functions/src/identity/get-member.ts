import type { Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import { findMember, type Member } from "./store.ts";

/**
 * An active member of a tenant.
 *
 * @throws AppError `not-found`.
 */
export async function getMember(stores: Stores, tenantId: string, uid: string): Promise<Member> {
  const member = await findMember(stores, tenantId, uid);
  if (member?.state !== "active") throw new AppError("not-found", `no member ${uid}`);
  return member;
}
