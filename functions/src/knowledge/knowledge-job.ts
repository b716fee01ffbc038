import { type JobKind, jobTopics } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { publish } from "./publish-step.ts";
import { readAndChunk } from "./read-and-chunk-step.ts";
import { removeUnused } from "./remove-unused-step.ts";

/** Brings a document into use; begun at its last step, takes one out of it. */
export const knowledgeJob: JobKind<Deps> = {
  name: "knowledge",
  topic: jobTopics.knowledge,
  steps: [readAndChunk, publish, removeUnused],
  // A half-read document is hidden; a deletion under way goes on.
  isCancellable: (job) => job.step === readAndChunk.name,
};
