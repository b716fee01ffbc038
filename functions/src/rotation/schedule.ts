import { dayMs } from "../platform/time.ts";

/** How long one tenant key wraps keys of persons. @see NIST SP 800-57 Part 1 §5.3.6 (cryptoperiods) */
export const tenantKeyLifetimeMs = 365 * dayMs;
/** Backups of keys live seven days: what an old key wraps there can be restored for so long, and a day more. */
export const backupWindowMs = 8 * dayMs;

/** When a tenant's next key is due. @param newestAt - when its newest key was made. */
export function rotationDueAt(newestAt: Date): Date {
  return new Date(newestAt.getTime() + tenantKeyLifetimeMs);
}

/** From when an old key or version may be destroyed. @param unusedSince - since when nothing live needs it. */
export function destroyableFrom(unusedSince: Date): Date {
  return new Date(unusedSince.getTime() + backupWindowMs);
}
