import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { finishCopy, listTombstonesToCopy } from "../subject-requests/tombstones.ts";

const pageSize = 200;

/**
 * Copies noted acts to the bucket where no restore of a database reaches: withdrawals, restrictions, revocations.
 * Called every minute, in the order of nothing: each copy says when its act was. Safe to repeat, and for two at once:
 * an object that is there already says the same, and the bucket refuses to replace it.
 */
export async function copyTombstones(deps: Deps): Promise<void> {
  let copied = 0;
  for (;;) {
    const noted = await listTombstonesToCopy(deps.stores, pageSize);
    for (const { id, tenantId, kind, targets, createdAt } of noted) {
      const path = `${tenantId}/${id}.json`;
      if ((await deps.buckets.read("tombstones", path)) === undefined) {
        const content = JSON.stringify({ kind, tenantId, targets, createdAt: createdAt.toISOString() });
        await deps.buckets.write("tombstones", path, Buffer.from(content), "application/json");
      }
      // Durable in the bucket; if we die here, the next sweep finds it there.
      await finishCopy(deps.stores, { id, tenantId }, deps.clock.now());
    }
    copied += noted.length;
    if (noted.length < pageSize) break;
  }
  if (copied > 0) log.info("copied tombstones", { count: copied });
}
