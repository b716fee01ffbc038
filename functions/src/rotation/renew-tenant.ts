import { rewrapTenantKeys } from "../crypto/rotate-tenant-keys.ts";
import { listTenantKeys } from "../crypto/tenant-keys.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import { intendRenewal, recordRenewal } from "./record-renewal.ts";
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
    if (isStale) await rewrap(deps, tenantId, primary);
    if (isDue && (await isAccountOpen(deps.stores, tenantId))) await startDueRotation(deps, tenantId);
  } catch (error) {
    if (error instanceof AppError && error.retry) throw error;
    // One tenant's broken key holds up nobody else's; the version that wraps it stays, since it is counted as it is.
    log.error("tenant keys not renewed", { tenantId }, error);
  }
  return (await listTenantKeys(deps, tenantId)).map(({ kekVersion }) => kekVersion);
}

/** Intent, act, outcome: a run that dies between them is completed by the next sweep. */
async function rewrap(deps: Deps, tenantId: string, primary: string): Promise<void> {
  await intendRenewal(deps, tenantId, primary);
  // Durable: the intent. If we die here, the keys are still under the old version and the next round comes here again.
  await rewrapTenantKeys(deps, tenantId);
  // Durable: the keys under the new version. If we die here, `completeRenewals` of the next run records it.
  await recordRenewal(deps, tenantId);
}
