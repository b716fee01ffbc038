import { setTimeout } from "node:timers/promises";
import { regionOf } from "../inventory/collections.ts";
import { type AuditEvent, appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { isAccountGone } from "./assert-account-open.ts";
import { assertAccountWithinLimit } from "./limits.ts";
import { findMembership } from "./memberships.ts";
import { changeSession, createSession, findMember, openSessionsOf, type Session } from "./store.ts";

const sessionHours = 12;
/** Open sessions a member may have; the next sign-in ends the oldest. Bounds what a change of role must write. */
const openSessionsMax = 20;
/** A refusal takes at least this long, whether there is such an account or not. */
const refusalFloorMs = 300;

/** What a sign-in gives: the fresh session, for the cookie. */
export type SignedIn = Pick<Session, "tenantId" | "sessionId" | "uid" | "role" | "expiresAt">;

/**
 * Checks a password with Firebase Authentication and opens a session of 12 hours.
 *
 * @throws AppError `sign-in-refused` in the same words for a wrong password, an unknown address and a former member;
 * `wrong-region` with the region, to whoever has the password; `rate-limited` per account.
 */
export async function signIn(deps: Deps, email: string, password: string): Promise<SignedIn> {
  assertAccountWithinLimit(deps, email);
  const floor = setTimeout(refusalFloorMs);
  try {
    const uid = await deps.staffAccounts.checkPassword(email, password).catch(async (error: unknown) => {
      if (error instanceof AppError && error.code === "sign-in-refused") await recordFailure(deps, email);
      throw error;
    });
    return await openSession(deps, uid);
  } catch (error) {
    if (error instanceof AppError && error.code === "sign-in-refused") await floor;
    throw error;
  }
}

/** Leaves an entry with the tenant whose member's address was tried, when there is one in this region. */
async function recordFailure(deps: Deps, email: string): Promise<void> {
  const uid = await deps.staffAccounts.findByEmail(email);
  const tenantId = uid === undefined ? undefined : await findMembership(deps.stores, uid);
  if (uid === undefined || tenantId === undefined || regionOf(tenantId) !== deps.config.REGION) return;
  if (await isAccountGone(deps, tenantId)) return;
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    appendEntry(tx, audit, failureOf(uid, "password"));
  });
}

function failureOf(uid: string, reason: "password" | "no-member"): AuditEvent {
  return { action: "sign-in-failed", actor: { kind: "member", id: uid }, outcome: "refused", metadata: { reason } };
}

async function openSession(deps: Deps, uid: string): Promise<SignedIn> {
  const tenantId = await findMembership(deps.stores, uid);
  if (tenantId === undefined) throw refused();
  const region = regionOf(tenantId);
  if (region !== deps.config.REGION) throw new AppError("wrong-region", `account lives in ${region}`, { region });
  if (await isAccountGone(deps, tenantId)) throw refused();
  const audit = await auditContext(deps, tenantId);
  const sessionId = deps.ids.next();
  const createdAt = deps.clock.now();
  const expiresAt = new Date(createdAt.getTime() + sessionHours * 3_600_000);
  const session = await deps.stores.data.runTransaction(async (tx) => {
    const member = await findMember(deps.stores, tenantId, uid, tx);
    const open = await openSessionsOf(tx, deps.stores, tenantId, uid, createdAt);
    if (member?.state !== "active") {
      appendEntry(tx, audit, failureOf(uid, "no-member"));
      return undefined;
    }
    for (const oldest of open.slice(0, Math.max(0, open.length + 1 - openSessionsMax))) {
      changeSession(tx, deps.stores, oldest, { revokedAt: createdAt });
    }
    const fresh = { tenantId, sessionId, uid, role: member.role, createdAt, expiresAt, revokedAt: null };
    createSession(tx, deps.stores, fresh);
    appendEntry(tx, audit, {
      action: "signed-in",
      actor: { kind: "member", id: uid },
      targets: [{ kind: "session", id: sessionId }],
      outcome: "success",
      metadata: { role: member.role },
    });
    return fresh;
  });
  if (session === undefined) throw refused();
  return session;
}

function refused(): AppError {
  return new AppError("sign-in-refused", "address or password is wrong");
}
