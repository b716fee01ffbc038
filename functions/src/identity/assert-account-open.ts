import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findTenant } from "../tenants/find-tenant.ts";
import { minuteCaches } from "./minute-cache.ts";

const isGone = minuteCaches<boolean>();

/** Whether an account is deleted or being deleted; as it was at most a minute ago. */
export function isAccountGone(deps: Pick<Deps, "stores" | "clock">, tenantId: string): Promise<boolean> {
  return isGone(deps).remember(tenantId, async () => {
    const tenant = await findTenant(deps.stores, tenantId);
    return tenant === undefined || tenant.closure?.startedAt !== undefined;
  });
}

/** Makes sure that staff may still come in. @throws AppError `tenant-closed`. */
export async function assertAccountOpen(deps: Pick<Deps, "stores" | "clock">, tenantId: string): Promise<void> {
  if (await isAccountGone(deps, tenantId)) throw new AppError("tenant-closed", `tenant ${tenantId} is gone`);
}
