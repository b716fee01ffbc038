import { idempotentId } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { createJob, findJobIn, publishJob } from "../jobs/jobs.ts";
import { appendEntry, auditContext, type EntryActor } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";

/**
 * Starts a rotation of the tenant's keys; at most one a day.
 *
 * @returns the job's id; it runs for eight days, since the old key goes only when no backup needs it.
 */
export async function startRotation(deps: Deps, staff: Staff): Promise<string> {
  return startRotationBy(deps, staff.tenantId, staff.actor);
}

/** Starts a rotation that is due by schedule, as `startRotation` does. @returns the job's id. */
export async function startDueRotation(deps: Deps, tenantId: string): Promise<string> {
  return startRotationBy(deps, tenantId, { kind: "system", id: "key-sweep" });
}

async function startRotationBy(deps: Deps, tenantId: string, actor: EntryActor): Promise<string> {
  const createdAt = deps.clock.now();
  const id = await idempotentId(deps, tenantId, "rotation", createdAt.toISOString().slice(0, 10), "");
  const audit = await auditContext(deps, tenantId);
  const job = await deps.stores.data.runTransaction(async (tx) => {
    if ((await findJobIn(tx, deps.stores, tenantId, id)) !== undefined) return undefined;
    appendEntry(tx, audit, { action: "keys-rotated", actor, targets: [{ kind: "job", id }], outcome: "intended" });
    return createJob(tx, deps.stores, {
      id,
      tenantId,
      kind: "rotation",
      targets: {},
      priority: 5,
      requestedBy: { kind: actor.kind, id: actor.id },
      createdAt,
    });
  });
  if (job !== undefined) await publishJob(deps, job);
  return id;
}
