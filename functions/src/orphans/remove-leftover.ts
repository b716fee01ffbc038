import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { eraseAgain } from "../subject-requests/erase-again.ts";
import { forgetScratch } from "../subject-requests/scratch.ts";
import {
  findTombstone,
  findTombstoneIn,
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
 * is ever deleted here.
 *
 * @returns `being-erased` while the erasure's or purge's own job has it; `unexplained` when no tombstone names it.
 */
export async function removeLeftover(deps: Deps, kept: Kept): Promise<LeftoverOutcome> {
  const { tenantId } = kept;
  const tombstones = await tombstonesFor(deps, kept);
  if (tombstones.some(({ state }) => state === "intended")) return "being-erased";
  const [tombstone] = tombstones;
  // An evidence key has an end of its own; the erasure of its person kept it on purpose.
  if (tombstone === undefined || kept.collection === "evidence" || kept.evidenceId !== undefined) return "unexplained";
  if (kept.subjectId === undefined) await forgetScratch(deps, tenantId, kept.id);
  else await eraseAgain(deps, tombstone);
  await recordRemoval(deps, kept, tombstone);
  return "removed";
}

async function tombstonesFor(deps: Deps, { tenantId, id, subjectId }: Kept): Promise<Tombstone[]> {
  if (subjectId !== undefined) return listPersonTombstones(deps.stores, tenantId, subjectId);
  const own = await findTombstone(deps.stores, tenantId, id);
  return own === undefined ? [] : [own];
}

/** One entry a tombstone and hour, however many leftovers it named and however many sweeps found them. */
async function recordRemoval(deps: Deps, { tenantId, collection }: Kept, { id }: Tombstone): Promise<void> {
  const audit = await auditContext(deps, tenantId);
  const sweptAt = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const current = await findTombstoneIn(tx, deps.stores, tenantId, id);
    if (current === undefined) return;
    if (current.sweptAt !== undefined && sweptAt.getTime() - current.sweptAt.getTime() < hourMs) return;
    updateTombstone(tx, deps.stores, { id, tenantId }, { sweptAt });
    appendEntry(tx, audit, {
      action: "leftover-erased",
      actor: { kind: "system", id: "orphan-sweep" },
      targets: [{ kind: "tombstone", id }],
      outcome: "success",
      metadata: { collection },
    });
  });
}
