import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { IdentityKey } from "./identity-key.ts";
import { deleteIdentityKeyRecord, listIdentityKeyRecords, readIdentityKeys } from "./store.ts";
import { forgetIdentityKeys } from "./verify-identity-token.ts";

/**
 * Removes a public key: tokens signed with it are refused by every instance within a minute. Sessions that began with
 * one go on until they end.
 *
 * @throws AppError `not-found`.
 */
export async function removeIdentityKey(deps: Deps, staff: Staff, keyId: string): Promise<void> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const key = (await readIdentityKeys(tx, deps.stores, tenantId)).find((other) => other.keyId === keyId);
    if (key === undefined) throw new AppError("not-found", `no identity key ${keyId}`);
    deleteIdentityKeyRecord(tx, deps.stores, tenantId, keyId);
    appendEntry(tx, audit, {
      action: "identity-key-removed",
      actor,
      targets: [{ kind: "identity-key", id: keyId }],
      outcome: "success",
      metadata: { thumbprint: key.thumbprint },
    });
  });
  forgetIdentityKeys(deps, tenantId);
}

/** Identity keys of the tenant, newest first. */
export async function listIdentityKeys(deps: Pick<Deps, "stores">, staff: Staff): Promise<IdentityKey[]> {
  const keys = await listIdentityKeyRecords(deps.stores, staff.tenantId);
  return keys.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}
