import type { Api } from "./api.ts";
import { pageOf } from "./conversations.ts";
import type { AuditAction, AuditEntry, Page } from "./shapes.ts";

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
