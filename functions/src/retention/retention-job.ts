import type { JobKind } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { complete } from "./complete-step.ts";
import { pruneAuditLog } from "./prune-audit-log-step.ts";
import { purgeConversations } from "./purge-conversations-step.ts";
import { purgeKnowledge } from "./purge-knowledge-step.ts";
import { purgePersons } from "./purge-persons-step.ts";
import { purgeRecords } from "./purge-records-step.ts";

/** One tenant's purge of what is past its period. @see GDPR Art. 5(1)(e) */
export const retentionJob: JobKind<Deps> = {
  name: "retention",
  topic: "retention-steps",
  steps: [purgeConversations, purgeRecords, purgeKnowledge, purgePersons, pruneAuditLog, complete],
  isCancellable: () => false,
};
