import { isLapsed, reviewDays } from "../../deadlines/deadline.ts";
import { publishJob } from "../../jobs/jobs.ts";
import { appendEntry } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { log } from "../../platform/log.ts";
import { dayMs } from "../../platform/time.ts";
import { prepareKeptErasure } from "../erasure/erase-kept.ts";
import { holdContext } from "./hold-context.ts";
import { closeHold, type Hold, listPastEnd, readHold } from "./store.ts";

const pageSize = 200;
const actor = { kind: "system", id: "deadline-sweep" } as const;

/**
 * Ends holds whose staff were told that they are over and had a week to extend them. What they kept follows its usual
 * rules from then on; what they kept of a person who is erased is erased after them, unless another hold keeps it. Called
 * every hour.
 *
 * @throws AggregateError when some could not be ended; the next hour tries them again, and the others are ended.
 */
export async function endLapsedHolds(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const failures: unknown[] = [];
  const due = await listPastEnd(deps.stores, new Date(now.getTime() - reviewDays * dayMs), pageSize);
  let ended = 0;
  for (const hold of due) {
    try {
      if (await end(deps, hold, now)) ended += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (ended > 0) log.info("ended holds that had lapsed", { count: ended });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} holds could not be ended`);
}

async function end(deps: Deps, { tenantId, id: holdId }: Hold, now: Date): Promise<boolean> {
  const key = { tenantId, holdId };
  const { audit, person } = await holdContext(deps, key);
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const hold = await readHold(tx, deps.stores, key);
    if (hold?.state !== "active" || !isLapsed(hold, now)) return "kept";
    const erasure = await prepareKeptErasure(tx, deps, hold, now);
    closeHold(tx, deps.stores, key, "ended", now);
    appendEntry(tx, audit, {
      action: "hold-ended",
      actor,
      targets: [{ kind: "hold", id: holdId }],
      ...person,
      outcome: "success",
    });
    return erasure?.begin(audit, actor);
  });
  // Durable: the hold is over, and the erasure's job. If we stop here, resume-stalled-jobs publishes.
  if (job !== undefined && job !== "kept") await publishJob(deps, job);
  return job !== "kept";
}
