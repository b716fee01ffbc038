import { nudgeSequencers } from "../ledger/nudges.ts";
import { AppError } from "../platform/errors.ts";
import type { Delivery } from "../platform/event.ts";
import { log } from "../platform/log.ts";
import { failureOf } from "./failure.ts";
import { shardIdOf } from "./fan-out.ts";
import {
  afterThis,
  assertLease,
  assertUnchanged,
  beginInvocation,
  type Invocation,
  isOutOfTime,
  isOwnSave,
  isSameLease,
  leaseKeeper,
} from "./invocation.ts";
import { isFinished, type Job, type JobDeps, type JobKind, type Shard, type StepResult } from "./job.ts";
import { publishJob, publishShard } from "./messages.ts";
import { isToPutAway, putAwayJob } from "./put-away.ts";
import { changeShard, deleteShard, readJob, readShard, type ShardAndJob, type ShardIds, shardIds } from "./store.ts";
import { attemptLimit, later, messageGraceMs } from "./timing.ts";
import {
  afterRun,
  claimed,
  completed,
  failed,
  finished,
  isHeld,
  released,
  renewed,
  shardDone,
  stepNamed,
} from "./transitions.ts";
import { type Turn, workThrough } from "./work-through.ts";

/**
 * Works on one shard of a fanned-out job. The last shard to finish moves the job to its next step, in the transaction
 * that finishes it: exactly once, however often messages come.
 *
 * @throws what the step threw when another try may help.
 */
export async function runShard<Deps extends JobDeps>(
  deps: Deps,
  kind: JobKind<Deps>,
  ids: ShardIds,
  delivery: Delivery,
): Promise<void> {
  const invocation = beginInvocation(deps);
  const { holder, startedAt } = invocation;
  const pair = await changeShard(deps.stores, ids, (stored) => claimShard(stored, kind, holder, startedAt));
  const fields = { tenantId: ids.tenantId, jobId: ids.jobId, shardId: ids.shardId, attempt: delivery.attempt };
  if (pair === undefined) {
    await deleteShard(deps.stores, ids);
    log.info("message dropped", { ...fields, state: "absent" });
    return;
  }
  if (pair.shard.lease?.holder === holder) {
    // Durable: the claim. If we die, the lease runs out and resume-stalled-jobs publishes.
    return workThrough(pair, shardTurn(deps, kind, invocation));
  }
  // This message failed before, perhaps after the shard was done and before its successor was published.
  if (pair.shard.state === "done" && delivery.attempt > 1) return followShard(deps, pair);
  if (pair.job.kind === kind.name && isToPutAway(pair.job)) await putAwayJob(deps, kind, pair.job);
  if (pair.job.failure !== undefined) log.error("job failed", { ...fields, code: pair.job.failure.code });
  else log.info("message dropped", { ...fields, state: pair.shard.state });
}

/** Whether the shard belongs to the fan-out that its job is in. */
function isOpen({ job, shard }: ShardAndJob): boolean {
  return job.state === "running" && job.openShards > 0 && job.fanOut?.token === shard.fanOut;
}

function claimShard<Deps>(pair: ShardAndJob, kind: JobKind<Deps>, holder: string, now: Date): ShardAndJob {
  const { job, shard } = pair;
  if (!isOpen(pair) || shard.state === "done") {
    return shard.wakeAt === undefined ? pair : { job, shard: { ...shard, wakeAt: undefined } };
  }
  const isDue = shard.runAfter === undefined || shard.runAfter <= now;
  if (job.kind !== kind.name || isHeld(shard, now) || !isDue) return pair;
  const attempts = shard.retries === job.retries ? shard.attempts : 0;
  if (attempts >= attemptLimit) {
    const failure = failureOf(shard.lastError?.code ?? "no-answer", job.step, attempts);
    return { job: failed(job, failure, now), shard: finished(shard, "failed", now) };
  }
  const fresh: Shard = { ...shard, attempts, retries: job.retries, finishedAt: undefined };
  return { job, shard: claimed(fresh, holder, now) };
}

/** @throws AppError `job-conflict` unless the shard is still held and its job still wants it. */
function assertOpen(id: string, pair: ShardAndJob): void {
  if (!isOpen(pair)) throw new AppError("job-conflict", `job of ${id} has ended or gone on`);
}

function shardTurn<Deps extends JobDeps>(deps: Deps, kind: JobKind<Deps>, invocation: Invocation): Turn<ShardAndJob> {
  const { stores, clock } = deps;
  return {
    async run({ job, shard }) {
      const step = stepNamed(kind.steps, job.step);
      if (step?.runShard === undefined) throw new AppError("step-unknown", `job ${job.id} is at step ${job.step}`);
      const run = step.runShard(deps, {
        job,
        cursor: shard.cursor,
        shardId: shard.id,
        async assertHeld(tx) {
          const ids = shardIds(shard);
          const [storedJob, stored] = await Promise.all([readJob(tx, stores, ids), readShard(tx, stores, ids)]);
          assertLease(`shard ${shard.id}`, stored, shard);
          if (storedJob === undefined) throw new AppError("job-conflict", `job ${job.id} is gone`);
          assertOpen(`shard ${shard.id}`, { job: storedJob, shard });
        },
        keepLease: leaseKeeper(clock, async (now) => {
          await changeShard(stores, shardIds(shard), (stored) => {
            assertLease(`shard ${shard.id}`, stored.shard, shard);
            assertOpen(`shard ${shard.id}`, stored);
            return { job: stored.job, shard: renewed(stored.shard, now) };
          });
        }),
        outOfTime: () => isOutOfTime(deps, invocation, job),
      });
      return run.finally(() => nudgeSequencers(deps));
    },
    save: (pair, result) => saveShardRun(deps, kind, pair, result, invocation),
    isHeld: ({ shard }) => shard.lease?.holder === invocation.holder,
    follow: (pair) => followShard(deps, pair),
    async release(pair, code) {
      const now = clock.now();
      await changeHeld(pair, (stored) => ({ job: stored.job, shard: released(stored.shard, code, now) }));
    },
    async fail(pair, code) {
      const now = clock.now();
      const ended = await changeHeld(pair, (stored) => ({
        job: isOpen(stored) ? failed(stored.job, failureOf(code, stored.job.step), now) : stored.job,
        shard: { ...finished(stored.shard, "failed", now), lastError: { code, at: now } },
      }));
      if (ended !== undefined && isToPutAway(ended.job)) await putAwayJob(deps, kind, ended.job);
    },
    fields: ({ job, shard }) => ({
      tenantId: shard.tenantId,
      jobId: shard.jobId,
      shardId: shard.id,
      kind: shard.kind,
      step: job.step,
      state: shard.state,
      attempt: shard.attempts,
    }),
  };

  async function changeHeld({ shard }: ShardAndJob, change: (stored: ShardAndJob) => ShardAndJob) {
    return changeShard(stores, shardIds(shard), (stored) =>
      isSameLease(stored.shard, shard) ? change(stored) : stored,
    );
  }
}

async function saveShardRun<Deps extends JobDeps>(
  deps: Deps,
  kind: JobKind<Deps>,
  { job, shard }: ShardAndJob,
  result: StepResult,
  invocation: Invocation,
): Promise<ShardAndJob> {
  const now = deps.clock.now();
  const after = afterThis(deps, invocation, job);
  if ("fanOut" in result || "gone" in result) {
    throw new AppError("step-unknown", `shard ${shard.id} cannot fan out or end its job`);
  }
  const stored = await changeShard(deps.stores, shardIds(shard), (current) => {
    if (isOwnSave(current.shard, shard)) return current;
    assertUnchanged(`shard ${shard.id}`, current.shard, shard);
    assertOpen(`shard ${shard.id}`, current);
    const next = afterRun(current.shard, result, after, now, () => completed(current.shard, result.counts, now));
    if (next.state !== "done") return { job: current.job, shard: next };
    // One commit: the shard is done, the job counts it, and the lane's next shard has a time to be looked at.
    return {
      job: shardDone(current.job, next.counts, kind.steps, now),
      shard: next,
      ...successorOf(current.job, shard, now),
    };
  });
  if (stored === undefined) throw new AppError("job-conflict", `job ${job.id} is gone`);
  return stored;
}

function successorOf(job: Job, shard: Shard, now: Date): Pick<ShardAndJob, "successor"> {
  const { shards = 0, lanes = 0 } = job.fanOut ?? {};
  const index = shard.index + lanes;
  if (index >= shards) return {};
  return { successor: { shardId: shardIdOf(shard.step, index), wakeAt: later(now, messageGraceMs) } };
}

/** Publishes what a stored shard calls for: itself, its lane's next one, or its job when it was the last. */
async function followShard(deps: JobDeps, { job, shard }: ShardAndJob): Promise<void> {
  if (isFinished(job)) return;
  if (shard.state === "queued") return publishShard(deps, shard);
  if (shard.state !== "done") return;
  if (job.openShards === 0 && job.state === "queued") return publishJob(deps, job);
  if (job.fanOut?.token !== shard.fanOut) return;
  const index = shard.index + job.fanOut.lanes;
  if (index < job.fanOut.shards) await publishShard(deps, { ...shard, id: shardIdOf(shard.step, index) });
}
