import { rewrapTenantKeys } from "../crypto/rotate-tenant-keys.ts";
import { listTenantKeys } from "../crypto/tenant-keys.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import { rotationDueAt } from "./schedule.ts";
import { startDueRotation } from "./start-rotation.ts";
import { isAccountOpen } from "./store.ts";

/**
 * Brings one tenant's keys up to date: under Cloud KMS's primary version, and none older than a year.
 *
 * @param primary - full name of the version that wraps from here on.
 * @returns the versions that wrap the tenant's keys now, one a key.
 */
export async function renewTenant(deps: Deps, tenantId: string, primary: string, now: Date): Promise<string[]> {
  const keys = await listTenantKeys(deps, tenantId);
  const newestMs = Math.max(
    ...keys.filter(({ purpose }) => purpose === "tenant").map((key) => key.createdAt.getTime()),
  );
  const isStale = keys.some(({ kekVersion }) => kekVersion !== primary);
  const isDue = Number.isFinite(newestMs) && rotationDueAt(new Date(newestMs)) <= now;
  if (!isStale && !isDue) return keys.map(({ kekVersion }) => kekVersion);
  try {
    const isOpen = await isAccountOpen(deps.stores, tenantId);
    if (isStale) await rewrap(deps, tenantId, isOpen);
    if (isDue && isOpen) await startDueRotation(deps, tenantId);
  } catch (error) {
    if (error instanceof AppError && error.retry) throw error;
    // One tenant's broken key holds up nobody else's; the version that wraps it stays, since it is counted as it is.
    log.error("tenant keys not renewed", { tenantId }, error);
  }
  return (await listTenantKeys(deps, tenantId)).map(({ kekVersion }) => kekVersion);
}

async function rewrap(deps: Deps, tenantId: string, isOpen: boolean): Promise<void> {
  await rewrapTenantKeys(deps, tenantId);
  if (!isOpen) return;
  const [key] = await listTenantKeys(deps, tenantId);
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    appendEntry(tx, audit, {
      action: "keys-rotated",
      actor: { kind: "system", id: "key-sweep" },
      outcome: "success",
      metadata: { kmsVersion: key?.kekVersion.split("/").at(-1) ?? "" },
    });
  });
}
