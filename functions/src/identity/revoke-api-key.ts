import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { forgetApiKey } from "./authenticate-staff.ts";
import type { Staff } from "./caller.ts";
import { changeApiKey, findApiKey } from "./store.ts";

/**
 * Revokes an API key: here at once, on other instances within a minute. Revoking it again is no error.
 *
 * @throws AppError `not-found`.
 */
export async function revokeApiKey(deps: Deps, staff: Staff, keyId: string): Promise<void> {
  const { tenantId } = staff;
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const key = await findApiKey(deps.stores, tenantId, keyId, tx);
    if (key === undefined) throw new AppError("not-found", `no API key ${keyId}`);
    if (key.revokedAt !== null) return;
    changeApiKey(tx, deps.stores, key, { revokedAt: deps.clock.now() });
    appendEntry(tx, audit, {
      action: "api-key-revoked",
      actor: staff.actor,
      targets: [{ kind: "api-key", id: keyId }],
      outcome: "success",
    });
  });
  forgetApiKey(deps, tenantId, keyId);
}
