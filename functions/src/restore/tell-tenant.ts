import { type AuditContext, appendEntry, auditContext, type EntryActor } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { type Journal, noteAudited } from "./store.ts";

/**
 * Enters the restore in a tenant's audit trail, once, also when a restore is called again.
 *
 * @returns false when the tenant's key cannot be used or is gone: nobody can be told then, and others need not wait.
 */
export async function tellTenant(
  deps: Deps,
  operator: EntryActor,
  tenantId: string,
  journal: Journal,
): Promise<boolean> {
  const audit = await usableContext(deps, tenantId);
  if (audit === undefined) return false;
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    appendEntry(tx, audit, {
      action: "restore-completed",
      actor: operator,
      outcome: "success",
      metadata: { data: journal.data, keys: journal.keys, startedAt: journal.startedAt.toISOString() },
    });
    noteAudited(tx, deps.stores, tenantId);
  });
  return true;
}

async function usableContext(deps: Deps, tenantId: string): Promise<AuditContext | undefined> {
  try {
    return await auditContext(deps, tenantId);
  } catch (error) {
    const isTenants =
      error instanceof AppError && ["key-unavailable", "subject-erased", "not-found"].includes(error.code);
    if (isTenants) return undefined;
    throw error;
  }
}
