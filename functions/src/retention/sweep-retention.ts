import { createHash } from "node:crypto";
import { idempotentId } from "../crypto/blind-index.ts";
import { createJob, findJobIn, publishJob } from "../jobs/jobs.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { dayMs } from "../platform/time.ts";
import { hasTenant, noteRun, pageOfTenants } from "./store.ts";

const pageSize = 300;
/** The hour of the day, UTC, in which a tenant's purge runs: spread over the day by the tenant's id. */
export function hourOf(tenantId: string): number {
  return createHash("sha256").update(tenantId).digest().readUInt32BE(0) % 24;
}

/**
 * Starts the purge of each tenant whose hour it is, once a day, and of each whose last one is older than a day: what was
 * missed is caught up within the hour. Called every hour; a second call in the same hour finds the job made. Day and hour
 * are the database's: an instance whose clock is a day ahead would make tomorrow's job today, and tomorrow's sweep would
 * find it made.
 *
 * @throws AggregateError when some could not be started, such as those of a tenant whose key is disabled; every hour tries
 * them again, and the others are started.
 */
export async function sweepRetention(deps: Deps): Promise<void> {
  const failures: unknown[] = [];
  let after: string | undefined;
  do {
    const { tenants, readAt } = await pageOfTenants(deps.stores, after, pageSize);
    const now = deps.clock.fromServer?.(readAt) ?? deps.clock.now();
    for (const { tenantId, lastRunAt } of tenants) {
      const isOverdue = now.getTime() - lastRunAt.getTime() > dayMs;
      if (hourOf(tenantId) !== now.getUTCHours() && !isOverdue) continue;
      await startRetention(deps, tenantId, now).catch((error: unknown) => {
        // An account that is being deleted has lost its keys before its record; there is nothing left to purge.
        if (!(error instanceof AppError && error.code === "tenant-closed")) failures.push(error);
      });
    }
    after = tenants.at(-1)?.tenantId;
  } while (after !== undefined);
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} purges could not be started`);
}

/** Starts a tenant's purge of a day, unless it was started. @returns the job's id. */
export async function startRetention(deps: Deps, tenantId: string, now: Date): Promise<string> {
  const id = await idempotentId(deps, tenantId, "retention", now.toISOString().slice(0, 10), "");
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const [known, isThere] = await Promise.all([
      findJobIn(tx, deps.stores, tenantId, id),
      hasTenant(tx, deps.stores, tenantId),
    ]);
    if (known !== undefined || !isThere) return undefined;
    noteRun(tx, deps.stores, tenantId, now);
    return createJob(tx, deps.stores, {
      id,
      tenantId,
      kind: "retention",
      targets: {},
      priority: 5,
      requestedBy: { kind: "system", id: "retention-sweep" },
      createdAt: now,
    });
  });
  if (job !== undefined) await publishJob(deps, job);
  return id;
}
