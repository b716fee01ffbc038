import type { Transaction } from "@google-cloud/firestore";
import { type Job, priorities } from "../../jobs/job.ts";
import { createJob } from "../../jobs/jobs.ts";
import { type AuditContext, appendEntry, type EntryActor } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { createTombstone } from "../store.ts";
import { type ErasureScope, targetsOf } from "./scope.ts";

/** What an erasure is made of. */
export interface NewErasure {
  jobId: string;
  tenantId: string;
  scope: ErasureScope;
  actor: EntryActor;
  /** The data subject's request that it answers; absent for one that follows a hold. */
  requestId?: string;
  /** The hold whose end it follows; absent for one that was asked for. */
  holdId?: string;
  /** Items that holds keep from it. */
  heldItems: number;
  at: Date;
}

/**
 * Records an erasure in the transaction that decides it: tombstone, audit entry, and the job. `publishJob` follows after
 * the commit.
 */
export function beginErasure(tx: Transaction, deps: Deps, audit: AuditContext, erasure: NewErasure): Job {
  const { jobId, tenantId, scope, actor, requestId, holdId, heldItems, at: createdAt } = erasure;
  const targets = {
    ...targetsOf(scope),
    ...(requestId === undefined ? {} : { requestId }),
    ...(holdId === undefined ? {} : { holdId }),
  };
  createTombstone(tx, deps.stores, { id: jobId, tenantId, kind: "erasure", state: "intended", targets, createdAt });
  appendEntry(tx, audit, {
    action: "erasure-requested",
    actor,
    ...(audit.person === undefined ? {} : { personalTargets: [{ kind: "subject", id: scope.subjectId }] }),
    targets: [{ kind: "job", id: jobId }, ...(holdId === undefined ? [] : [{ kind: "hold", id: holdId }])],
    outcome: "intended",
    metadata: { scope: scope.kind, heldItems },
  });
  return createJob(tx, deps.stores, {
    id: jobId,
    tenantId,
    kind: "erasure",
    step: "record-tombstone",
    targets,
    priority: priorities.interactive,
    requestedBy: { kind: actor.kind, id: actor.kind === "data-subject" ? "" : actor.id },
    createdAt,
  });
}
