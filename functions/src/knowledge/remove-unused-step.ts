import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { removeOldVersions } from "./remove-old-versions.ts";

/** Removes what a document no longer needs: older versions' passages and files; of a deleted document, everything. */
export const removeUnused: JobStep<Deps> = {
  name: "remove-unused",
  async run(deps, { job }) {
    const key = { tenantId: job.tenantId, documentId: job.targets.documentId ?? "" };
    const { removed, more } = await removeOldVersions(deps, key, job.id);
    // What is left is found by the query again: the cursor needs no place.
    return more ? { next: { old: true }, counts: { removed } } : { done: true, counts: { removed } };
  },
};
