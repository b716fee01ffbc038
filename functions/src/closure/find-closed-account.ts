import type { Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import { type ClosedAccount, findClosedRecord } from "./store.ts";

export type { ClosedAccount } from "./store.ts";

/** What is left of an account whose deletion has begun, or undefined. */
export function findClosedAccount(stores: Stores, tenantId: string): Promise<ClosedAccount | undefined> {
  return findClosedRecord(stores, tenantId);
}

/** Makes sure that an id was never an account's that is gone: ids are not used again. @throws AppError `tenant-closed`. */
export async function assertNeverClosed(stores: Stores, tenantId: string): Promise<void> {
  if ((await findClosedRecord(stores, tenantId)) !== undefined) {
    throw new AppError("tenant-closed", `tenant ${tenantId} was closed, and its id is not used again`);
  }
}
