import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { sameBytes } from "../platform/secrets.ts";
import { parseApiKey, secretHashOf } from "./api-key-text.ts";
import { assertAccountOpen } from "./assert-account-open.ts";
import type { Staff } from "./caller.ts";
import { bearerOf, type Credentials } from "./credentials.ts";
import { assertAddressWithinLimit } from "./limits.ts";
import { minuteCaches } from "./minute-cache.ts";
import type { Permission } from "./permissions.ts";
import { recordRefusal } from "./record-refusal.ts";
import { openStaffCookie, staffCookieName } from "./staff-cookie.ts";
import { staffOf } from "./staff-of.ts";
import { type ApiKey, changeApiKey, findApiKey, findSession, type Session } from "./store.ts";

const sessions = minuteCaches<Session | undefined>();
const apiKeys = minuteCaches<ApiKey | undefined>();

/**
 * Finds out which member or API key calls, and whether it has a permission.
 *
 * A header `Authorization` wins over the cookie. Session and key records may be a minute old.
 *
 * @throws AppError `unauthenticated`, `session-expired`, `wrong-region`; `rate-limited` when one address asks for too many
 * keys that this instance does not know; `tenant-closed` from a minute after an
 * account's deletion began; `origin-refused` for a change asked for by
 * cookie from another page than the console; `forbidden` without the permission, which is audited.
 */
export async function authenticateStaff(deps: Deps, permission: Permission, credentials: Credentials): Promise<Staff> {
  const bearer = bearerOf(credentials);
  const staff =
    bearer === undefined ? await memberOf(deps, credentials) : await softwareOf(deps, bearer, credentials.address);
  await assertAccountOpen(deps, staff.tenantId);
  if (staff.permissions.has(permission)) return staff;
  await recordRefusal(deps, staff, permission);
  throw new AppError("forbidden", `${staff.role} does not have the permission ${permission}`);
}

/** Drops what this instance remembers of a session, so that its end takes effect here at once. */
export function forgetSession(deps: Deps, tenantId: string, sessionId: string): void {
  sessions(deps).forget(`${tenantId}/${sessionId}`);
}

/** Drops what this instance remembers of an API key. */
export function forgetApiKey(deps: Deps, tenantId: string, keyId: string): void {
  apiKeys(deps).forget(`${tenantId}/${keyId}`);
}

async function memberOf(deps: Deps, credentials: Credentials): Promise<Staff> {
  const text = credentials.cookies[staffCookieName];
  if (text === undefined) throw new AppError("unauthenticated", "sign in, or send an API key");
  const now = deps.clock.now();
  const { tenantId, sessionId } = openStaffCookie(deps.config, text, now);
  // The cookie travels by itself; only the console's own pages may change anything with it.
  if (credentials.method !== "GET" && credentials.origin !== deps.config.APP_ORIGIN) {
    throw new AppError("origin-refused", "changes are taken from the console only");
  }
  await deps.databases.assertOpen();
  const session = await sessions(deps).remember(`${tenantId}/${sessionId}`, () =>
    findSession(deps.stores, tenantId, sessionId),
  );
  if (session === undefined || session.revokedAt !== null || session.expiresAt <= now) {
    throw new AppError("session-expired", "session has ended");
  }
  return staffOf(session);
}

async function softwareOf(deps: Deps, bearer: string, address: string): Promise<Staff> {
  const { tenantId, keyId, secret } = parseApiKey(deps.config, bearer);
  await deps.databases.assertOpen();
  const key = await apiKeys(deps).remember(`${tenantId}/${keyId}`, () => {
    assertAddressWithinLimit(deps, address);
    return findApiKey(deps.stores, tenantId, keyId);
  });
  const known = key !== undefined && sameBytes(key.secretHash, secretHashOf(secret));
  if (!known || key.revokedAt !== null) throw new AppError("unauthenticated", "API key is not one of ours");
  if (!isSameDay(key.lastUsedAt, deps.clock.now())) await recordUse(deps, key);
  return {
    kind: "staff",
    tenantId,
    actor: { kind: "api-key", id: keyId },
    role: "api-key",
    permissions: new Set(key.scopes),
  };
}

function isSameDay(last: Date | null, now: Date): boolean {
  return last?.toISOString().slice(0, 10) === now.toISOString().slice(0, 10);
}

/** The first use of a key on a day is an entry of its own; what it then does is audited act by act. */
async function recordUse(deps: Deps, key: ApiKey): Promise<void> {
  const { tenantId, keyId } = key;
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await findApiKey(deps.stores, tenantId, keyId, tx);
    if (stored === undefined || isSameDay(stored.lastUsedAt, now)) return;
    changeApiKey(tx, deps.stores, stored, { lastUsedAt: now });
    appendEntry(tx, audit, {
      action: "api-key-used",
      actor: { kind: "api-key", id: keyId },
      targets: [{ kind: "api-key", id: keyId }],
      outcome: "success",
    });
  });
  forgetApiKey(deps, tenantId, keyId);
}
