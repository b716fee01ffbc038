import type { Transaction } from "@google-cloud/firestore";
import { idempotentId } from "../crypto/blind-index.ts";
import { createExportIn } from "../exports/create-export-in.ts";
import { publishJob } from "../jobs/jobs.ts";
import { type AuditContext, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { findTenantRecord } from "../tenants/tenant-record.ts";
import { nextRun } from "./next-run.ts";
import type { Schedule } from "./schedule.ts";
import { findScheduleIn, listDueSchedules, saveSchedule } from "./store.ts";

const pageSize = 100;

/**
 * Starts what tenants have scheduled for this hour. Called every five minutes. Each due time starts one job: the job is
 * made in the transaction that moves the schedule to its next time, so that of two sweeps one does. Times that were
 * missed are one run, not as many. An account that is being closed has its schedules passed over.
 *
 * @throws AggregateError when some could not be started, such as those of a tenant whose key is disabled; they stay due,
 * and the others are started.
 */
export async function sweepSchedules(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const failures: unknown[] = [];
  let after: Schedule | undefined;
  do {
    const due = await listDueSchedules(deps.stores, now, { after, limit: pageSize });
    let started = 0;
    for (const schedule of due) {
      try {
        if (await runSchedule(deps, schedule)) started += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    if (due.length > 0) log.info("started schedules", { count: started, size: due.length });
    // What failed stays due and comes first at the next sweep: the page after it is asked for by its place.
    after = due.length < pageSize ? undefined : due.at(-1);
  } while (after !== undefined);
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} schedules could not be started`);
}

/** @returns whether a job was started by this call. */
async function runSchedule(deps: Deps, listed: Schedule): Promise<boolean> {
  const { id, tenantId, nextRunAt } = listed;
  const [exportId, audit] = await Promise.all([
    idempotentId(deps, tenantId, "scheduled-export", id, nextRunAt?.toISOString() ?? ""),
    auditContext(deps, tenantId),
  ]);
  const job = await deps.stores.data.runTransaction((tx) => startInTransaction(tx, deps, audit, listed, exportId));
  // Durable: the job, and when the schedule runs next. resume-stalled-jobs publishes if we stop here.
  if (job !== undefined) await publishJob(deps, job);
  return job !== undefined;
}

async function startInTransaction(
  tx: Transaction,
  deps: Deps,
  audit: AuditContext,
  { id, tenantId, nextRunAt }: Schedule,
  exportId: string,
) {
  const now = deps.clock.now();
  const [stored, tenant] = await Promise.all([
    findScheduleIn(tx, deps.stores, tenantId, id),
    findTenantRecord(deps.stores, tenantId, tx),
  ]);
  // Another sweep moved it on, or staff changed it.
  if (stored?.nextRunAt?.getTime() !== nextRunAt?.getTime() || stored === undefined) return undefined;
  const next = { ...stored, nextRunAt: nextRun(stored, now) };
  if (tenant?.status !== "active") {
    saveSchedule(tx, deps.stores, next);
    return undefined;
  }
  saveSchedule(tx, deps.stores, { ...next, lastRunAt: now, lastExportId: exportId });
  const actor = { kind: "system", id: "schedule-sweep" } as const;
  return createExportIn(tx, deps, audit, { exportId, tenantId, actor, format: "bag", createdAt: now });
}
