import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { documentOf } from "./read-and-chunk-step.ts";
import { markReady, publishChunks } from "./store.ts";

const batchSize = 200;

/** Makes the new version's passages findable, then says that the document is in use. */
export const publish: JobStep<Deps> = {
  name: "publish",
  async run(deps, run) {
    const document = await documentOf(deps, run);
    if (document === undefined) return { done: true };
    const published = await publishChunks(deps.stores, document, batchSize);
    // What is still hidden is found by the query again: the cursor needs no place.
    if (published === batchSize) return { next: { hidden: true } };
    await markReady(deps.stores, document, run.job.total ?? 0, deps.clock.now());
    return { done: true };
  },
};
