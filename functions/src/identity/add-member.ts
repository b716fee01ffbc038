import { idempotentId } from "../crypto/blind-index.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Staff } from "./caller.ts";
import type { Role } from "./permissions.ts";
import { settleMember } from "./settle-member.ts";
import { accountFor } from "./staff-account.ts";
import { findMember, type Member, saveMember } from "./store.ts";

/** Whom to add. */
export interface FreshMember {
  email: string;
  name: string;
  role: Role;
  /** Only for whoever seeds a demo; otherwise an initial one is made. */
  password?: string;
}

/**
 * Adds a member of staff, with an account at Firebase Authentication and an initial password.
 *
 * Account, member and directory entry are made in this order. A repeat with the same idempotency key goes on where the
 * first call stopped and gives the same answer, as long as the initial password has not been changed.
 *
 * @returns the member and the password to hand over; nothing keeps it but its holder.
 * @throws AppError `already-exists` when the address belongs to a member of staff, here or elsewhere; `forbidden` when
 * somebody else than an owner adds an owner.
 */
export async function addMember(
  deps: Deps,
  staff: Staff,
  fresh: FreshMember,
  idempotencyKey: string,
): Promise<{ member: Member; initialPassword: string }> {
  if (fresh.role === "owner") assertOwner(staff);
  const { tenantId } = staff;
  // First of all, so that no account is made whose entry cannot be written.
  const audit = await auditContext(deps, tenantId);
  const initialPassword =
    fresh.password ?? (await idempotentId(deps, tenantId, "initial-password", fresh.email, idempotencyKey));
  const known = await findByAddress(deps, tenantId, fresh.email);
  if (known !== undefined) {
    if (!(await hasPassword(deps, fresh.email, initialPassword)))
      throw new AppError("already-exists", `member ${known.uid} has this address`);
    await settleMember(deps, tenantId, known.uid);
    return { member: known, initialPassword };
  }
  const uid = await accountFor(deps, fresh.email, initialPassword, tenantId);
  const createdAt = deps.clock.now();
  const { email, name, role } = fresh;
  const member = await deps.stores.data.runTransaction(async (tx) => {
    const known = await findMember(deps.stores, tenantId, uid, tx);
    if (known?.state === "active") throw new AppError("already-exists", `member ${uid} is in the team`);
    const added: Member = { uid, tenantId, email, name, role, state: "active", createdAt, isUnsettled: true };
    saveMember(tx, deps.stores, added);
    appendEntry(tx, audit, {
      action: "member-added",
      actor: staff.actor,
      targets: [{ kind: "member", id: uid }],
      outcome: "success",
      metadata: { role },
    });
    return added;
  });
  // The member is durable. Without the directory they cannot sign in yet: a repeat, or sweepMembers, writes it.
  await settleMember(deps, tenantId, uid);
  return { member, initialPassword };
}

/** The active member of the tenant with an address, or undefined. */
async function findByAddress(deps: Deps, tenantId: string, email: string): Promise<Member | undefined> {
  const uid = await deps.staffAccounts.findByEmail(email);
  if (uid === undefined) return undefined;
  const member = await findMember(deps.stores, tenantId, uid);
  return member?.state === "active" ? member : undefined;
}

async function hasPassword(deps: Deps, email: string, password: string): Promise<boolean> {
  try {
    await deps.staffAccounts.checkPassword(email, password);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "sign-in-refused") return false;
    throw error;
  }
}

/**
 * Owners alone decide who is an owner.
 *
 * @throws AppError `forbidden`.
 */
export function assertOwner(staff: Staff): void {
  if (staff.role !== "owner") throw new AppError("forbidden", "only an owner decides who is an owner");
}
