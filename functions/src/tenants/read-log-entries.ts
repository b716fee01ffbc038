import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { readEntryBundle } from "../ledger/read-log.ts";
import type { Tile } from "../ledger/tile.ts";
import type { Deps } from "../platform/deps.ts";

/**
 * Entries of the tenant's own log as they were hashed, for staff who check it with tools of their own: with the public
 * checkpoint and tiles they make the folder that `verify` takes. Commitments stay closed. Reading is itself an entry,
 * durable before anything is answered.
 *
 * @param bundle - which entries, as its path was parsed.
 * @returns the bytes of the bundle.
 * @throws AppError `not-found` for a bundle that is not published or was pruned; `key-unavailable`.
 */
export async function readLogEntries(deps: Deps, staff: Staff, bundle: Tile): Promise<Uint8Array> {
  const { tenantId, actor } = staff;
  const bytes = await readEntryBundle(deps, tenantId, bundle);
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    const metadata = { bundle: bundle.index, count: bundle.width };
    appendEntry(tx, audit, { action: "audit-read", actor, outcome: "success", metadata });
  });
  return bytes;
}
