import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { readBundleOfEntries } from "../ledger/read-log.ts";
import type { Deps } from "../platform/deps.ts";

/**
 * Entries of the tenant's own log as they were hashed, for whoever checks the log with tools of their own: with the public
 * checkpoint and tiles they make the folder that `verify` takes. Commitments stay closed. Reading is itself an entry, durable
 * before anything is answered.
 *
 * @param path - below the log, such as `tile/entries/000.p/5`.
 * @throws AppError `not-found` for a bundle that is not there; `key-unavailable`.
 */
export async function readLogEntries(deps: Deps, staff: Staff, path: string): Promise<Uint8Array> {
  const { tenantId, actor } = staff;
  const entries = await readBundleOfEntries(deps, tenantId, path);
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    appendEntry(tx, audit, { action: "audit-read", actor, outcome: "success", metadata: { bundle: path } });
  });
  return entries;
}
