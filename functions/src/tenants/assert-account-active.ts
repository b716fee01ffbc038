import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findTenantRecord } from "./store.ts";

/**
 * Makes sure that an account takes new material: not while it is being closed.
 *
 * @throws AppError `account-closing`.
 */
export async function assertAccountActive(deps: Pick<Deps, "stores">, tenantId: string): Promise<void> {
  const tenant = await findTenantRecord(deps.stores, tenantId);
  if (tenant?.status === "closing") {
    throw new AppError("account-closing", "the account is being closed; it takes nothing new");
  }
}
