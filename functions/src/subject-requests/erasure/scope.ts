import { z } from "zod";
import type { RecordScope } from "../../inventory/subject-records.ts";
import type { Job } from "../../jobs/job.ts";

const recordId = z.string().regex(/^[a-z0-9]{20,40}$/, "expected an id");

/** What is to be erased: a person, one of its conversations, or one of its leads. */
export const erasureScopeShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("person"), subjectId: recordId }),
  z.strictObject({ kind: z.literal("conversation"), subjectId: recordId, conversationId: recordId }),
  z.strictObject({ kind: z.literal("lead"), subjectId: recordId, leadId: recordId }),
]);

export type ErasureScope = z.infer<typeof erasureScopeShape>;

/** The records that a scope means, for the inventory to find. */
export function recordScopeOf(tenantId: string, scope: ErasureScope): RecordScope {
  const { subjectId } = scope;
  if (scope.kind === "conversation") return { tenantId, subjectId, conversationId: scope.conversationId };
  if (scope.kind === "lead") return { tenantId, subjectId, record: { collection: "leads", id: scope.leadId } };
  return { tenantId, subjectId };
}

/** The ids a job carries for its scope. */
export function targetsOf(scope: ErasureScope): Record<string, string> {
  const { kind, ...ids } = scope;
  return { scope: kind, ...ids };
}

/** The scope that an erasure job carries. */
export function scopeOfJob(job: Job): ErasureScope {
  const { scope, subjectId, conversationId, leadId } = job.targets;
  return erasureScopeShape.parse({
    kind: scope,
    subjectId,
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(leadId === undefined ? {} : { leadId }),
  });
}

/** A text that is the same for the same scope, for ids of jobs: two clicks are one erasure. */
export function scopeKey(scope: ErasureScope): string {
  if (scope.kind === "conversation") return `conversation/${scope.conversationId}`;
  return scope.kind === "lead" ? `lead/${scope.leadId}` : `person/${scope.subjectId}`;
}
