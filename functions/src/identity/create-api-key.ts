import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { apiKeyText, freshSecret, secretHashOf } from "./api-key-text.ts";
import type { Staff } from "./caller.ts";
import { type Permission, permissions } from "./permissions.ts";
import { type ApiKey, createApiKeyRecord } from "./store.ts";

/** What a person must do, not software: who may come in, who pays, whether the account goes on. */
const forPeople: readonly Permission[] = ["team:write", "keys:write", "billing:write", "account:close"];

/** Permissions that an API key may be given. */
export const scopes: readonly Permission[] = permissions.filter((permission) => !forPeople.includes(permission));

/**
 * Makes an API key with some of the maker's own permissions.
 *
 * @returns the record and the key's text, which is shown this once: only a hash of its secret is kept.
 * @throws AppError `forbidden` for a scope that the maker does not have or that no key may have.
 */
export async function createApiKey(
  deps: Deps,
  staff: Staff,
  fresh: { name: string; scopes: readonly Permission[] },
): Promise<{ key: ApiKey; text: string }> {
  const refused = fresh.scopes.filter((scope) => !staff.permissions.has(scope) || !scopes.includes(scope));
  if (refused.length > 0) throw new AppError("forbidden", `a key cannot be given ${refused.join(", ")}`);
  const { tenantId } = staff;
  const audit = await auditContext(deps, tenantId);
  const keyId = deps.ids.next();
  const secret = freshSecret(deps.ids);
  const key: ApiKey = {
    keyId,
    tenantId,
    name: fresh.name,
    scopes: [...new Set(fresh.scopes)],
    secretHash: secretHashOf(secret),
    createdAt: deps.clock.now(),
    createdBy: staff.actor.id,
    lastUsedAt: null,
    revokedAt: null,
  };
  await deps.stores.data.runTransaction(async (tx) => {
    createApiKeyRecord(tx, deps.stores, key);
    appendEntry(tx, audit, {
      action: "api-key-created",
      actor: staff.actor,
      targets: [{ kind: "api-key", id: keyId }],
      outcome: "success",
      metadata: { scopes: key.scopes },
    });
  });
  return { key, text: apiKeyText({ tenantId, keyId, secret }) };
}
