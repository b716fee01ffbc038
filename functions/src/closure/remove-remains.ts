import { bucketFolders } from "../inventory/inventory.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { daysAfter } from "./closure.ts";
import { type ClosedAccount, changeClosedRecord } from "./store.ts";

/** Objects deleted side by side. */
const filesAtOnce = 20;

/** What outlives an account for a time, the soonest end first. */
const remains = bucketFolders
  .flatMap(({ name, bucket, afterClosure }) => (afterClosure === undefined ? [] : [{ name, bucket, ...afterClosure }]))
  .sort((a, b) => a.days - b.days);

/** When the first of what stays behind after a time is due to go; undefined when nothing stays. */
export function firstCleanUp(finishedAt: Date): Date | null {
  const [first] = remains;
  return first === undefined ? null : daysAfter(finishedAt, first.days);
}

/**
 * Deletes what outlived an account and whose time is over: tombstones, then the hashes of its log. Its own record stays,
 * so that the id is never used again. Safe to repeat.
 */
export async function removeRemains(deps: Deps, account: ClosedAccount, now: Date): Promise<void> {
  const { tenantId, finishedAt } = account;
  if (finishedAt === undefined) return;
  const isDue = ({ days }: { days: number }) => daysAfter(finishedAt, days) <= now;
  for (const { bucket, name } of remains.filter(isDue)) {
    const objects = await deps.buckets.list(bucket, `${tenantId}/`);
    for (let from = 0; from < objects.length; from += filesAtOnce) {
      const some = objects.slice(from, from + filesAtOnce);
      await Promise.all(some.map(({ path }) => deps.buckets.remove(bucket, path)));
    }
    log.info("deleted remains", { tenantId, collection: name, count: objects.length });
  }
  const next = remains.find((kept) => !isDue(kept));
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    changeClosedRecord(tx, deps.stores, tenantId, {
      cleanUpAt: next === undefined ? null : daysAfter(finishedAt, next.days),
      ...(next === undefined ? { log: null } : {}),
    });
  });
}
