import { isLapsed, reviewDays } from "../../deadlines/deadline.ts";
import { publishJob } from "../../jobs/jobs.ts";
import type { Deps } from "../../platform/deps.ts";
import { log } from "../../platform/log.ts";
import { dayMs } from "../../platform/time.ts";
import { finishHold } from "./finish-hold.ts";
import { holdContext } from "./hold-context.ts";
import { type Hold, pagePastEnd, readHold } from "./store.ts";

const pageSize = 200;
const actor = { kind: "system", id: "deadline-sweep" } as const;

/**
 * Ends holds whose staff were told that they are over and had a week to extend them. Called every hour.
 *
 * @throws AggregateError when some could not be ended; the next hour tries them again, and the others are ended.
 */
export async function endLapsedHolds(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const before = new Date(now.getTime() - reviewDays * dayMs);
  const failures: unknown[] = [];
  let [ended, after]: [number, Hold | undefined] = [0, undefined];
  do {
    const page = await pagePastEnd(deps.stores, before, pageSize, after);
    for (const hold of page) {
      try {
        if (await end(deps, hold, now)) ended += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    // One whose staff could not be told stays past its end: it holds up nobody else's.
    after = page.at(-1);
  } while (after !== undefined);
  if (ended > 0) log.info("ended holds that had lapsed", { count: ended });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} holds could not be ended`);
}

async function end(deps: Deps, { tenantId, id: holdId }: Hold, now: Date): Promise<boolean> {
  const key = { tenantId, holdId };
  const context = await holdContext(deps, key);
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const hold = await readHold(tx, deps.stores, key);
    if (hold?.state !== "active" || !isLapsed(hold, now)) return "kept";
    return finishHold(tx, deps, hold, context, { state: "ended", actor, at: now });
  });
  // Durable: the hold is over, and the erasure's job. If we stop here, resume-stalled-jobs publishes.
  if (job !== undefined && job !== "kept") await publishJob(deps, job);
  return job !== "kept";
}
