import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { countHoldsInForce } from "../subject-requests/held-items.ts";
import { findTenant, type Tenant } from "../tenants/find-tenant.ts";
import { type ClosureRequest, daysLeft, graceDays } from "./closure.ts";

/** Whether and when an account is deleted, as staff see it. */
export interface ClosureView {
  /** `deleting`: it has begun and cannot be cancelled. */
  state: "open" | "closing" | "deleting";
  graceDays: number;
  /** Legal holds in force: while there are any, nothing begins. */
  holds: number;
  closure?: Pick<ClosureRequest, "requestedAt" | "requestedBy" | "closesAt" | "goneBy" | "waivedAt" | "startedAt"> & {
    closureId: string;
    daysLeft: number;
  };
}

/** Says how an account stands. */
export function closureView(tenant: Tenant, holds: number, now: Date): ClosureView {
  const { closure } = tenant;
  if (closure === undefined) return { state: "open", graceDays, holds };
  const { id, reminders: _reminders, ...times } = closure;
  return {
    state: closure.startedAt === undefined ? "closing" : "deleting",
    graceDays,
    holds,
    closure: { ...times, closureId: id, daysLeft: daysLeft(closure.closesAt, now) },
  };
}

/** Whether and when the account is deleted. @throws AppError `tenant-closed` when it is gone. */
export async function readClosure(deps: Deps, tenantId: string): Promise<ClosureView> {
  const now = deps.clock.now();
  const [tenant, holds] = await Promise.all([
    findTenant(deps.stores, tenantId),
    countHoldsInForce(deps.stores, tenantId, now),
  ]);
  if (tenant === undefined) throw new AppError("tenant-closed", `tenant ${tenantId} is gone`);
  return closureView(tenant, holds, now);
}
