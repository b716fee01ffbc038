import type { Transaction } from "@google-cloud/firestore";
import type { Job } from "../jobs/job.ts";
import { createJob } from "../jobs/jobs.ts";
import { type AuditContext, appendEntry, type EntryActor } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { dayMs } from "../platform/time.ts";
import { createExport } from "./store.ts";

/** Days until an export's file goes by itself. */
export const exportDays = 7;

/** What an export is made of. */
export interface NewExport {
  exportId: string;
  tenantId: string;
  actor: EntryActor;
  /** Absent for a whole account, which is always a bag. */
  subjectId?: string | undefined;
  format: "json" | "bag";
  /** Why, in words; the audit trail keeps it under the person's key, or the tenant's for an account. */
  reason?: string | undefined;
  createdAt: Date;
}

/** Makes an export with its audit entry and its job, in the transaction of what asks for it. `publishJob` follows. */
export function createExportIn(tx: Transaction, deps: Deps, audit: AuditContext, input: NewExport): Job {
  const { exportId, tenantId, actor, subjectId, format, reason, createdAt } = input;
  createExport(tx, deps.stores, {
    id: exportId,
    tenantId,
    scope: subjectId === undefined ? "account" : "person",
    ...(subjectId === undefined ? {} : { subjectId }),
    format: subjectId === undefined ? "bag" : format,
    state: "building",
    jobId: exportId,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + exportDays * dayMs),
  });
  appendEntry(tx, audit, {
    action: "export-requested",
    actor,
    ...(subjectId === undefined ? {} : { personalTargets: [{ kind: "subject", id: subjectId }] }),
    targets: [{ kind: "export", id: exportId }],
    ...(reason === undefined ? {} : { reason }),
    outcome: "success",
    metadata: { format },
  });
  return createJob(tx, deps.stores, {
    id: exportId,
    tenantId,
    kind: "export",
    step: "collect",
    targets: { exportId, ...(subjectId === undefined ? {} : { subjectId }) },
    priority: subjectId === undefined ? 5 : 1,
    requestedBy: { kind: actor.kind, id: actor.kind === "data-subject" ? "" : actor.id },
    createdAt,
  });
}
