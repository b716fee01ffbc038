import type { Api } from "./api.ts";
import { pageOf } from "./conversations.ts";
import type { AuditEntry } from "./privacy-shapes.ts";
import type { AuditAction, Page } from "./shapes.ts";

export interface AuditFilter {
  action?: AuditAction;
  subjectId?: string;
}

/** A page of the audit trail, newest first; reading it is itself audited. */
export async function listAudit(
  api: Api,
  filter: AuditFilter,
  cursor?: string,
  signal?: AbortSignal,
): Promise<Page<AuditEntry>> {
  const answer = await api.get<{ entries: AuditEntry[]; nextCursor?: string }>("/v1/audit", {
    query: { cursor, action: filter.action, subjectId: filter.subjectId },
    ...(signal === undefined ? {} : { signal }),
  });
  return pageOf(answer.entries, answer.nextCursor);
}

/** How far the log reaches back: entries past the audit retention are deleted, from the beginning. */
export interface LogExtent {
  size: number;
  pruned?: { entries: number; until: string; days: number; prunedAt: string };
}

/** How many entries the log has had, and how many of the first were deleted under the retention policy. */
export async function getLogExtent(api: Api, signal?: AbortSignal): Promise<LogExtent> {
  return api.get<LogExtent>("/v1/audit/log", signal === undefined ? {} : { signal });
}
