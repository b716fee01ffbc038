import type { JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";

/** Writes the tombstone's second copy where no restore of a database reaches. Ids only; writing it twice is the same object. */
export const recordTombstone: JobStep<Deps> = {
  name: "record-tombstone",
  async run(deps, { job }) {
    const tombstone = {
      kind: "erasure",
      tenantId: job.tenantId,
      jobId: job.id,
      targets: job.targets,
      createdAt: job.createdAt.toISOString(),
    };
    await deps.buckets.write(
      "tombstones",
      `${job.tenantId}/${job.id}.json`,
      Buffer.from(JSON.stringify(tombstone)),
      "application/json",
    );
    return { done: true };
  },
};
