import { priorities } from "../jobs/job.ts";
import { createJob, publishJob } from "../jobs/jobs.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { countHoldsAgainst } from "../subject-requests/held-items.ts";
import { changeTenantRecord, findTenantRecord } from "../tenants/tenant-record.ts";
import type { ClosureRequest } from "./closure.ts";
import { createClosedRecord } from "./store.ts";

/**
 * Begins the deletion of an account whose grace is over, once: from then on nobody comes in and nothing can be cancelled.
 * While legal holds are in force, or have ended since an owner asked and not lapsed, it does not begin; the next sweep
 * asks again.
 *
 * @param now - a time that does not run ahead: nothing goes before its time.
 * @returns whether it has begun, now or before.
 * @throws AppError `key-unavailable`: what cannot be audited does not begin. `tenant-closed` once the keys are gone.
 */
export async function startClosure(deps: Deps, tenantId: string, now: Date): Promise<boolean> {
  const seen = (await findTenantRecord(deps.stores, tenantId))?.closure;
  if (seen === undefined) return false;
  if (seen.startedAt !== undefined) return true;
  if (!isOver(seen, now)) return false;
  const audit = await auditContext(deps, tenantId);
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const tenant = await findTenantRecord(deps.stores, tenantId, tx);
    const closure = tenant?.closure;
    if (closure?.startedAt !== undefined) return "begun";
    if (closure === undefined || !isOver(closure, now)) return undefined;
    const askedAt = closure.waivedAt ?? closure.requestedAt;
    const holds = await countHoldsAgainst(deps.stores, tenantId, { askedAt, now }, tx);
    if (holds > 0) {
      log.warn("closure waits for legal holds", { tenantId, count: holds });
      return undefined;
    }
    const { id: jobId, requestedAt, waivedAt, requestedBy } = closure;
    changeTenantRecord(tx, deps.stores, tenantId, { closure: { ...closure, startedAt: now }, updatedAt: now });
    const account = { tenantId, jobId, state: "running" as const, requestedAt, startedAt: now };
    createClosedRecord(tx, deps.stores, { ...account, ...(waivedAt && { waivedAt }) });
    appendEntry(tx, audit, {
      action: "closure-started",
      actor: { kind: "system", id: "closure" },
      targets: [
        { kind: "tenant", id: tenantId },
        { kind: "job", id: jobId },
      ],
      outcome: "intended",
    });
    return createJob(tx, deps.stores, {
      id: jobId,
      tenantId,
      kind: "closure",
      targets: {},
      priority: priorities.background,
      requestedBy: { kind: "member", id: requestedBy },
      createdAt: now,
    });
  });
  // Durable: the record that outlives the account, and its job. If we die before publishing, resume-stalled-jobs publishes.
  if (job !== undefined && job !== "begun") await publishJob(deps, job);
  return job !== undefined;
}

function isOver({ closesAt, waivedAt }: ClosureRequest, now: Date): boolean {
  return waivedAt !== undefined || closesAt <= now;
}
