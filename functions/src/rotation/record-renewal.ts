import { listTenantKeys } from "../crypto/tenant-keys.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { createRenewal, deleteRenewal, isAccountOpen, isRenewing, listRenewals } from "./store.ts";

const actor = { kind: "system", id: "key-sweep" } as const;

/**
 * Says in the tenant's log that its keys are about to be wrapped under another version of Cloud KMS's key, and notes that
 * the outcome is owed. Nothing for an account that is being closed, or whose intent stands already.
 */
export async function intendRenewal(deps: Deps, tenantId: string, kmsVersion: string): Promise<void> {
  const audit = await auditContext(deps, tenantId);
  const createdAt = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    if (!(await isAccountOpen(deps.stores, tenantId, tx)) || (await isRenewing(tx, deps.stores, tenantId))) return;
    createRenewal(tx, deps.stores, tenantId, createdAt);
    const metadata = { kmsVersion: numberOf(kmsVersion) };
    appendEntry(tx, audit, { action: "keys-rotated", actor, outcome: "intended", metadata });
  });
}

/** Records an intent's outcome, once. */
export async function recordRenewal(deps: Deps, tenantId: string): Promise<void> {
  const [key] = await listTenantKeys(deps, tenantId);
  const audit = key === undefined ? undefined : await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const isOpen = await isAccountOpen(deps.stores, tenantId, tx);
    if (!(await isRenewing(tx, deps.stores, tenantId))) return;
    deleteRenewal(tx, deps.stores, tenantId);
    if (audit === undefined || !isOpen) return;
    const metadata = { kmsVersion: numberOf(key?.kekVersion ?? "") };
    appendEntry(tx, audit, { action: "keys-rotated", actor, outcome: "success", metadata });
  });
}

/**
 * Records what a run that died had done and not yet said. Keys that it did not come to are left to the round, which
 * wraps them and then records.
 */
export async function completeRenewals(deps: Deps, primary: string): Promise<void> {
  for (const tenantId of await listRenewals(deps.stores)) {
    const keys = await listTenantKeys(deps, tenantId);
    if (keys.every(({ kekVersion }) => kekVersion === primary)) await recordRenewal(deps, tenantId);
  }
}

function numberOf(versionName: string): string {
  return versionName.split("/").at(-1) ?? "";
}
