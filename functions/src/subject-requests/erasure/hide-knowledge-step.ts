import type { JobStep } from "../../jobs/job.ts";
import { hideSourced } from "../../knowledge/hide-source.ts";
import type { Deps } from "../../platform/deps.ts";
import { type ErasureScope, scopeOfJob } from "./scope.ts";

/** What saved answers name as their source; a lead is never one. */
export function sourceOf(tenantId: string, scope: ErasureScope) {
  if (scope.kind === "lead") return undefined;
  if (scope.kind === "person") return { tenantId, field: "sourceSubjectId", id: scope.subjectId } as const;
  return { tenantId, field: "sourceConversationId", id: scope.conversationId } as const;
}

/**
 * Puts answers that staff saved from the person's conversations aside for review. Retrieval has passed over them since
 * the freeze; from here on they name nobody.
 */
export const hideKnowledge: JobStep<Deps> = {
  name: "hide-knowledge",
  async run(deps, { job }) {
    const source = sourceOf(job.tenantId, scopeOfJob(job));
    const hidden = source === undefined ? 0 : await hideSourced(deps, source);
    return hidden === 0 ? { done: true } : { done: true, counts: { "knowledge.toReview": hidden } };
  },
};
