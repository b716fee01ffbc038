import type { Actor, Staff } from "../identity/caller.ts";
import { nameOfCaller } from "../identity/list-team.ts";
import type { Permission } from "../identity/permissions.ts";
import { regionOf } from "../inventory/collections.ts";
import type { Region } from "../platform/config.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findTenantRecord, type Tenant } from "./store.ts";

/** Who the caller is, where, and what they may do. */
export interface CallerDescription {
  tenantId: string;
  region: Region;
  tenantName: string;
  tenantStatus: Tenant["status"];
  actor: Actor;
  name: string;
  email?: string;
  role: Staff["role"];
  permissions: readonly Permission[];
}

/**
 * Describes the caller to themselves.
 *
 * @throws AppError `tenant-closed` when the account is gone.
 */
export async function describeCaller(deps: Deps, staff: Staff): Promise<CallerDescription> {
  const { tenantId, actor, role } = staff;
  const [tenant, named] = await Promise.all([findTenantRecord(deps.stores, tenantId), nameOfCaller(deps, staff)]);
  if (tenant === undefined) throw new AppError("tenant-closed", `tenant ${tenantId} is gone`);
  return {
    tenantId,
    region: regionOf(tenantId),
    tenantName: tenant.name,
    tenantStatus: tenant.status,
    actor,
    ...named,
    role,
    permissions: [...staff.permissions],
  };
}
