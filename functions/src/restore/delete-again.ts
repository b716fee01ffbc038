import type { CollectionName } from "../inventory/inventory.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { countNamed, deleteNamed, type TombstoneCopy } from "../subject-requests/replay-tombstones.ts";
import { type Counts, countEverything, type Journal, saveJournal } from "./store.ts";

function sum(a: Counts, b: Counts): Counts {
  const total: Partial<Record<CollectionName, number>> = { ...a };
  for (const [name, count] of Object.entries(b)) {
    total[name as CollectionName] = (total[name as CollectionName] ?? 0) + count;
  }
  return total;
}

/**
 * Deletes again what tombstones name, one after another: what each one names is counted in the journal before it is
 * deleted, so that the counts agree also when this dies in the middle and is called again.
 */
export async function deleteAgain(deps: Deps, start: Journal, copies: readonly TombstoneCopy[]): Promise<Journal> {
  let journal = start;
  const interrupted = copies.find(({ path }) => path === journal.current);
  // Its records are in the counts already; what is left of them is deleted before anything else is counted.
  if (interrupted !== undefined) await deleteNamed(deps, interrupted);
  for (const copy of copies) {
    const counts = await countNamed(deps, copy);
    if (Object.keys(counts).length === 0) continue;
    journal = await saveJournal(deps.stores, {
      ...journal,
      deleted: sum(journal.deleted, counts),
      current: copy.path,
    });
    await deleteNamed(deps, copy);
  }
  return saveJournal(deps.stores, { ...journal, current: null });
}

/**
 * Compares what is left with what was there less what tombstones named: nobody else lost anything, and nothing of the
 * erased is left but what holds keep.
 *
 * @throws AppError `residue-found` naming the collections that differ.
 */
export async function compareCounts(deps: Deps, journal: Journal): Promise<void> {
  const left = await countEverything(deps.stores);
  const differing = Object.entries(journal.before).flatMap(([name, before]) => {
    // Keys of held items are made and destroyed with the replay itself.
    if (name === "evidence") return [];
    const must = before - (journal.deleted[name as CollectionName] ?? 0);
    const is = left[name as CollectionName] ?? 0;
    return is === must ? [] : [`${name} has ${is}, not ${must}`];
  });
  if (differing.length > 0)
    throw new AppError("residue-found", `counts differ after the replay: ${differing.join(", ")}`);
}
