import { type AuditEvent, appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { eraseAgain } from "../subject-requests/erase-again.ts";
import { forgetScratch } from "../subject-requests/scratch.ts";
import {
  findTombstone,
  findTombstoneIn,
  listOpenRemovals,
  listPersonTombstones,
  type Tombstone,
  updateTombstone,
} from "../subject-requests/tombstones.ts";
import type { Kept } from "./store.ts";

const hourMs = 3_600_000;

/** What became of something that has lost its counterpart. */
export type LeftoverOutcome = "removed" | "being-erased" | "unexplained";

/**
 * Deletes what a tombstone names, as the erasure did: the key first, then the records that no hold keeps. Nothing else
 * is ever deleted here. The log has the intent before, and the outcome after: `completeRemovals` repairs what stops between.
 *
 * @returns `being-erased` while the erasure's or purge's own job has it; `unexplained` when no tombstone names it.
 */
export async function removeLeftover(deps: Deps, kept: Kept): Promise<LeftoverOutcome> {
  const tombstones = await tombstonesFor(deps, kept);
  if (tombstones.some(({ state }) => state === "intended")) return "being-erased";
  const [tombstone] = tombstones;
  // An evidence key has an end of its own; the erasure of its person kept it on purpose.
  if (tombstone === undefined || kept.collection === "evidence" || kept.evidenceId !== undefined) return "unexplained";
  await intendRemoval(deps, kept, tombstone);
  await remove(deps, tombstone, kept.collection);
  await recordRemoval(deps, tombstone);
  return "removed";
}

/** Removes and records what a sweep that died had said it would: the records that led it there may be gone already. */
export async function completeRemovals(deps: Deps, tenantId: string): Promise<void> {
  for (const tombstone of await listOpenRemovals(deps.stores, tenantId, 100)) {
    await remove(deps, tombstone, tombstone.removal?.collection ?? "");
    await recordRemoval(deps, tombstone);
  }
}

async function remove(deps: Deps, tombstone: Tombstone, collection: string): Promise<void> {
  if (collection === "jobKeys" || collection === "jobInputs")
    await forgetScratch(deps, tombstone.tenantId, tombstone.id);
  else await eraseAgain(deps, tombstone);
}

async function tombstonesFor(deps: Deps, { tenantId, id, subjectId }: Kept): Promise<Tombstone[]> {
  if (subjectId !== undefined) return listPersonTombstones(deps.stores, tenantId, subjectId);
  const own = await findTombstone(deps.stores, tenantId, id);
  return own === undefined ? [] : [own];
}

/** One pair of entries a tombstone and hour, however many leftovers it named and however many sweeps found them. */
async function intendRemoval(deps: Deps, { collection }: Kept, { tenantId, id }: Tombstone): Promise<void> {
  const audit = await auditContext(deps, tenantId);
  const sweptAt = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const current = await findTombstoneIn(tx, deps.stores, tenantId, id);
    if (current === undefined || current.removal?.isOpen) return;
    if (current.sweptAt !== undefined && sweptAt.getTime() - current.sweptAt.getTime() < hourMs) return;
    updateTombstone(tx, deps.stores, { id, tenantId }, { sweptAt, removal: { collection, isOpen: true } });
    appendEntry(tx, audit, leftoverErased(id, collection, "intended"));
  });
}

async function recordRemoval(deps: Deps, { tenantId, id }: Tombstone): Promise<void> {
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const removal = (await findTombstoneIn(tx, deps.stores, tenantId, id))?.removal;
    if (!removal?.isOpen) return;
    updateTombstone(tx, deps.stores, { id, tenantId }, { removal: { ...removal, isOpen: false } });
    appendEntry(tx, audit, leftoverErased(id, removal.collection, "success"));
  });
}

function leftoverErased(id: string, collection: string, outcome: "intended" | "success"): AuditEvent {
  return {
    action: "leftover-erased",
    actor: { kind: "system", id: "orphan-sweep" },
    targets: [{ kind: "tombstone", id }],
    outcome,
    metadata: { collection },
  };
}
