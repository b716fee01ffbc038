import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { dayMs } from "../platform/time.ts";
import type { TombstoneCopy } from "../subject-requests/replay-tombstones.ts";
import { tenantsAfter, tombstonesFinishedSince } from "./store.ts";

/** Well within the 60 days that the bucket keeps an object at least. */
const checkedDays = 30;

/**
 * Refuses a bucket that lacks tombstones which the restored database itself says were copied there: it is another
 * region's or project's, or somebody emptied it, and a replay from it would bring erased persons back.
 *
 * @throws AppError `store-unavailable` naming how many are missing.
 */
export async function assertSameBucket(deps: Deps, copies: readonly TombstoneCopy[]): Promise<void> {
  const known = new Set(copies.map(({ path }) => path));
  const since = new Date(deps.clock.now().getTime() - checkedDays * dayMs);
  let missing = 0;
  let after: string | null = null;
  for (;;) {
    const page = await tenantsAfter(deps.stores, after, 100);
    if (page.length === 0) break;
    for (const tenantId of page) {
      const finished = await tombstonesFinishedSince(deps.stores, tenantId, since);
      missing += finished.filter((id) => !known.has(`${tenantId}/${id}.json`)).length;
    }
    after = page.at(-1) ?? null;
  }
  if (missing > 0) {
    throw new AppError("store-unavailable", `the tombstone bucket lacks ${missing} tombstones that the database knows`);
  }
}
