import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { findOrphan, type OrphanKind, sweptCollections } from "./find-orphan.ts";
import { completeRemovals, removeLeftover } from "./remove-leftover.ts";
import { type Kept, nextTenant, pageOfKept, readPlace, readTenant, type SweepPlace, savePlace } from "./store.ts";

/** The message that an alert waits for; terraform/modules/alerts names the same words. */
export const orphanAlarm = "orphan found";

const pageSize = 200;
/** Keys and records looked at by one run; a larger region is gone through over several hours. */
const keptPerRun = 20_000;
/** A key is written before its data and goes before it: for so long the one may be without the other. */
const youngMs = 3_600_000;

/** What a run saw. */
export interface SweepCounts {
  seen: number;
  removed: number;
  alarms: number;
}

/**
 * Compares the keys of a region with what they seal, from where the last run stopped. What a tombstone names is deleted
 * as its erasure did; anything else that is older than an hour raises an alarm, and waits for a person.
 *
 * Safe to run twice at once: deletions repeat, an alarm may be told twice.
 *
 * @param atMost - keys and records to look at, to the next full page.
 */
export async function sweepOrphans(deps: Deps, atMost = keptPerRun): Promise<SweepCounts> {
  const counts = { seen: 0, removed: 0, alarms: 0, atMost };
  let place = await readPlace(deps.stores);
  let tenant = place === undefined ? await nextTenant(deps.stores, "") : await readTenant(deps.stores, place.tenantId);
  while (tenant !== undefined && counts.seen < counts.atMost) {
    const { tenantId, status, hasKeys, madeAt, readAt } = tenant;
    const oldBefore = oldBeforeOf(deps, readAt);
    counts.seen += 1;
    if (status === "active" && hasKeys) {
      place = await sweepTenant(deps, { tenantId, collection: "", after: "", ...place }, oldBefore, counts);
      if (place !== undefined) break;
    } else if (madeAt < oldBefore) {
      // Of an account that is being closed, the closure's own job takes keys and data.
      if (status === undefined && hasKeys) alarm(counts, tenantId, "tenantKeys", "key-without-data");
      if (status === "active") alarm(counts, tenantId, "tenants", "data-without-key");
    }
    place = undefined;
    tenant = await nextTenant(deps.stores, tenantId);
    if (tenant !== undefined) place = { tenantId: tenant.tenantId, collection: "", after: "" };
  }
  await savePlace(deps.stores, tenant === undefined ? undefined : place, deps.clock.now());
  const { seen, removed, alarms } = counts;
  log.info("swept orphans", { count: removed + alarms, size: seen });
  return { seen, removed, alarms };
}

/** The earlier of this instance's clock and the database's, less an hour: a clock that runs ahead makes nothing old. */
function oldBeforeOf(deps: Deps, readAt: Date): Date {
  const own = deps.clock.now();
  const server = deps.clock.fromServer?.(readAt) ?? own;
  return new Date(Math.min(own.getTime(), server.getTime()) - youngMs);
}

/** Goes through a tenant's collections. @returns where to go on, once the run has seen enough. */
async function sweepTenant(
  deps: Deps,
  from: SweepPlace,
  oldBefore: Date,
  counts: SweepCounts & { atMost: number },
): Promise<SweepPlace | undefined> {
  const { tenantId } = from;
  const collections: readonly string[] = sweptCollections;
  const first = Math.max(0, collections.indexOf(from.collection));
  await completeRemovals(deps, tenantId);
  for (const collection of sweptCollections.slice(first)) {
    let after = collection === from.collection ? from.after : "";
    for (;;) {
      if (counts.seen >= counts.atMost) return { tenantId, collection, after };
      const page = await pageOfKept(deps.stores, collection, tenantId, after, pageSize);
      counts.seen += page.length;
      const old = page.filter(({ madeAt }) => madeAt < oldBefore);
      await Promise.all(old.map((kept) => sweepKept(deps, kept, counts)));
      const last = page.at(-1);
      if (page.length < pageSize || last === undefined) break;
      after = last.id;
    }
  }
  return undefined;
}

async function sweepKept(deps: Deps, kept: Kept, counts: SweepCounts): Promise<void> {
  const kind = await findOrphan(deps, kept);
  if (kind === undefined) return;
  const outcome = await removeLeftover(deps, kept);
  if (outcome === "removed") counts.removed += 1;
  if (outcome === "unexplained") alarm(counts, kept.tenantId, kept.collection, kind, kept.subjectId);
}

function alarm(counts: SweepCounts, tenantId: string, collection: string, kind: OrphanKind, subjectId?: string): void {
  counts.alarms += 1;
  log.error(orphanAlarm, { tenantId, collection, kind, ...(subjectId === undefined ? {} : { subjectId }) });
}
