import type { JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";

/**
 * Writes the tombstone's second copy where no restore of a database reaches: ids only. The bucket refuses to replace an
 * object for as long as a backup may need it, so a repeated run leaves the one that is there alone.
 */
export const recordTombstone: JobStep<Deps> = {
  name: "record-tombstone",
  async run(deps, { job }) {
    const path = `${job.tenantId}/${job.id}.json`;
    if ((await deps.buckets.read("tombstones", path)) !== undefined) return { done: true };
    const tombstone = {
      kind: "erasure",
      tenantId: job.tenantId,
      jobId: job.id,
      targets: job.targets,
      createdAt: job.createdAt.toISOString(),
    };
    await deps.buckets.write("tombstones", path, Buffer.from(JSON.stringify(tombstone)), "application/json");
    return { done: true };
  },
};
