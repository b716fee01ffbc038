import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { noteTombstone } from "../subject-requests/note-tombstone.ts";
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
    const at = deps.clock.now();
    changeApiKey(tx, deps.stores, key, { revokedAt: at });
    noteTombstone(tx, deps, { tenantId, kind: "revocation", targets: { keyId }, at });
    appendEntry(tx, audit, {
      action: "api-key-revoked",
      actor: staff.actor,
      targets: [{ kind: "api-key", id: keyId }],
      outcome: "success",
    });
  });
  forgetApiKey(deps, tenantId, keyId);
}
