import { createHash } from "node:crypto";
import { idempotentId } from "../crypto/blind-index.ts";
import { createJob, findJobIn, publishJob } from "../jobs/jobs.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { pageOfTenants } from "./store.ts";

const pageSize = 300;

/** The hour of the day, UTC, in which a tenant's purge runs: spread over the day by the tenant's id. */
export function hourOf(tenantId: string): number {
  return createHash("sha256").update(tenantId).digest().readUInt32BE(0) % 24;
}

/**
 * Starts the purge of each tenant whose hour it is, once a day. Called every hour; a missed hour is caught up by the
 * next day's run, and a second call in the same hour finds the job made. Day and hour are the database's: an instance
 * whose clock is a day ahead would make tomorrow's job today, and tomorrow's sweep would find it made.
 */
export async function sweepRetention(deps: Deps): Promise<void> {
  let after: string | undefined;
  do {
    const { tenantIds, readAt } = await pageOfTenants(deps.stores, after, pageSize);
    const now = deps.clock.fromServer?.(readAt) ?? deps.clock.now();
    for (const tenantId of tenantIds) {
      if (hourOf(tenantId) !== now.getUTCHours()) continue;
      await startRetention(deps, tenantId, now).catch((error: unknown) => {
        // An account that is being deleted has lost its keys before its record; there is nothing left to purge.
        if (!(error instanceof AppError && error.code === "tenant-closed")) throw error;
      });
    }
    after = tenantIds.at(-1);
  } while (after !== undefined);
}

/** Starts a tenant's purge of a day, unless it was started. @returns the job's id. */
export async function startRetention(deps: Deps, tenantId: string, now: Date): Promise<string> {
  const id = await idempotentId(deps, tenantId, "retention", now.toISOString().slice(0, 10), "");
  const job = await deps.stores.data.runTransaction(async (tx) => {
    if ((await findJobIn(tx, deps.stores, tenantId, id)) !== undefined) return undefined;
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
