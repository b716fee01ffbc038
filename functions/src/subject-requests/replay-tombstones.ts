import { z } from "zod";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { eraseAgain } from "./erase-again.ts";

/** A tombstone's second copy: ids only. */
const tombstoneShape = z.object({
  tenantId: z.string(),
  targets: z.record(z.string(), z.string()),
});

/**
 * Deletes again, after a restore, what tombstones name: keys first, so that nothing of a person can be opened from then
 * on, then records. The tombstones come from their bucket, where no restore of a database reaches. Safe to repeat.
 *
 * @param tenantId - whose tombstones; a whole region is replayed tenant by tenant.
 * @returns how many tombstones were replayed and how many records they found.
 */
export async function replayTombstones(deps: Deps, tenantId: string): Promise<{ tombstones: number; records: number }> {
  const objects = await deps.buckets.list("tombstones", `${tenantId}/`);
  let records = 0;
  for (const { path } of objects) {
    const bytes = await deps.buckets.read("tombstones", path);
    if (bytes === undefined) continue;
    const { targets } = tombstoneShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    records += await eraseAgain(deps, tenantId, targets);
  }
  log.info("replayed tombstones", { tenantId, count: objects.length, size: records });
  return { tombstones: objects.length, records };
}
