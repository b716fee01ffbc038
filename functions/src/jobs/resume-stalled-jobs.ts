import { log } from "../platform/log.ts";
import type { JobDeps } from "./job.ts";
import { publishJob, publishShard } from "./messages.ts";
import { listDueJobs, listDueShards, postpone, shardIds } from "./store.ts";
import { later, resumeGraceMs } from "./timing.ts";

const pageSize = 200;
const pageLimit = 50;

/** One kind of thing that may be due, as the sweep sees it. */
interface DueWork<Work> {
  list(now: Date): Promise<Work[]>;
  /** Sees to it that the next sweep leaves it alone for a while; false when it is not due any more. */
  postpone(work: Work, now: Date): Promise<boolean>;
  publish(work: Work): Promise<void>;
}

/**
 * Publishes every job and shard of the region that should have been looked at by now: waiting ones that are due, messages
 * that were lost between saving and publishing, work whose holder died. It cancels nothing and decides nothing: whoever
 * gets the message sees whether there is something to do.
 *
 * @throws AggregateError when some could not be reached; the others are published.
 */
export async function resumeStalledJobs(deps: JobDeps): Promise<void> {
  const { stores } = deps;
  const failures = [
    ...(await sweep(deps, {
      // A person waits for the lowest numbers.
      list: async (now) => (await listDueJobs(stores, now, pageSize)).sort((a, b) => a.priority - b.priority),
      postpone: (job, now) =>
        postpone(stores, { tenantId: job.tenantId, jobId: job.id }, now, later(now, resumeGraceMs)),
      publish: (job) => publishJob(deps, job),
    })),
    ...(await sweep(deps, {
      list: (now) => listDueShards(stores, now, pageSize),
      postpone: (shard, now) => postpone(stores, shardIds(shard), now, later(now, resumeGraceMs)),
      publish: (shard) => publishShard(deps, shard),
    })),
  ];
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} stalled jobs could not be resumed`);
}

async function sweep<Work>(deps: JobDeps, due: DueWork<Work>): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (let page = 0; page < pageLimit; page += 1) {
    const now = deps.clock.now();
    const found = await due.list(now);
    const outcomes = await inTens(found, async (work) => {
      // Postponed first: if we die before publishing, the next sweep after that time publishes.
      if (!(await due.postpone(work, now))) return 0;
      await due.publish(work);
      return 1;
    });
    const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
    const count = outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value === 1).length;
    failures.push(...failed);
    if (found.length > 0) log.info("resumed stalled jobs", { count, size: found.length });
    // What was published has another time by now, so the next page has others; what failed would only fail again.
    if (found.length < pageSize || failed.length > 0) break;
  }
  return failures;
}

/** Calls `act` for all, ten at a time. */
async function inTens<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const outcomes: PromiseSettledResult<Result>[] = [];
  for (let from = 0; from < items.length; from += 10) {
    outcomes.push(...(await Promise.allSettled(items.slice(from, from + 10).map(act))));
  }
  return outcomes;
}
