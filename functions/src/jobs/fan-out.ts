import { AppError } from "../platform/errors.ts";
import { assertUnchanged, isOwnSave } from "./invocation.ts";
import type { Cursor, Job, JobDeps, JobKind, Shard, StepResult } from "./job.ts";
import { publishShard } from "./messages.ts";
import { listOpenShards, wakeShards, writeShards } from "./store.ts";
import { laneCount, later, messageGraceMs, shardLimit } from "./timing.ts";
import { fannedOut, isHeld, stepNamed, withTotal } from "./transitions.ts";

/** Shards written in one commit. */
const batchSize = 400;

/** The id of a shard: a step that is fanned out twice, after a crash, writes the same ones again. */
export function shardIdOf(step: string, index: number): string {
  return `${step}.${index}`;
}

function shardOf(job: Job, cursor: Cursor, index: number, lanes: number, now: Date): Shard {
  return {
    id: shardIdOf(job.step, index),
    tenantId: job.tenantId,
    jobId: job.id,
    kind: job.kind,
    step: job.step,
    index,
    fanOut: job.lease?.token ?? job.revision,
    state: "queued",
    cursor,
    revision: 1,
    counts: {},
    attempts: 0,
    retries: job.retries,
    // The first of each lane are published next; the others when their turn comes.
    wakeAt: index < lanes ? later(now, messageGraceMs) : undefined,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Makes a job's shards and hands the step over to them. Shards exist before the job says so; those of an attempt that
 * died carry another token, are never run, and are written over by the next attempt.
 *
 * @returns the job as fanned out: nobody holds it until its last shard is done.
 * @throws AppError `job-conflict` when somebody else has the job by now, `input-too-large` for more than 2,000 shards,
 * `step-unknown` when the step cannot run shards.
 */
export async function openFanOut<Deps extends JobDeps>(
  deps: Deps,
  kind: JobKind<Deps>,
  job: Job,
  result: Extract<StepResult, { fanOut: unknown }>,
  now: Date,
): Promise<Job> {
  const cursors = result.fanOut;
  if (cursors.length > shardLimit) {
    throw new AppError("input-too-large", `job ${job.id} wants ${cursors.length} shards, more than ${shardLimit}`);
  }
  if (stepNamed(kind.steps, job.step)?.runShard === undefined) {
    throw new AppError("step-unknown", `step ${job.step} of ${kind.name} runs no shards`);
  }
  const lanes = laneCount(job);
  const shards = cursors.map((cursor, index) => shardOf(job, cursor, index, lanes, now));
  const ids = { tenantId: job.tenantId, jobId: job.id };
  const lastBatch = Math.floor((shards.length - 1) / batchSize) * batchSize;
  for (let from = 0; from < lastBatch; from += batchSize) {
    await writeShards(deps.stores, ids, shards.slice(from, from + batchSize), (stored) => {
      assertUnchanged(`job ${job.id}`, stored, job);
      return stored;
    });
  }
  return writeShards(deps.stores, ids, shards.slice(lastBatch), (stored) => {
    if (isOwnSave(stored, job)) return stored;
    assertUnchanged(`job ${job.id}`, stored, job);
    return fannedOut(withTotal(stored, result), shards.length, lanes, result.counts, now);
  });
}

/** Publishes the first shard of each lane; each one that ends publishes the next of its own. */
export async function publishLaneHeads(deps: JobDeps, job: Job): Promise<void> {
  const { shards = 0, lanes = 0 } = job.fanOut ?? {};
  const heads = Array.from({ length: Math.min(shards, lanes) }, (_, index) => shardIdOf(job.step, index));
  await Promise.all(
    heads.map((id) => publishShard(deps, { kind: job.kind, tenantId: job.tenantId, jobId: job.id, id })),
  );
}

/**
 * Sets the lanes of a fanned-out job going again, each at its first shard that is not done: after a retry, and when the
 * first messages may have been lost.
 */
export async function resumeLanes(deps: JobDeps, job: Job): Promise<void> {
  const now = deps.clock.now();
  const lanes = job.fanOut?.lanes ?? 1;
  const heads = new Map<number, Shard>();
  for (const shard of await listOpenShards(deps.stores, job)) {
    const head = heads.get(shard.index % lanes);
    if (head === undefined || shard.index < head.index) heads.set(shard.index % lanes, shard);
  }
  const idle = [...heads.values()].filter(
    (shard) => !isHeld(shard, now) && (shard.runAfter === undefined || shard.runAfter <= now),
  );
  const wakeAt = later(now, messageGraceMs);
  const wakes = [...heads.values()].map((shard) => ({
    shardId: shard.id,
    wakeAt: idle.includes(shard) ? wakeAt : (shard.lease?.expiresAt ?? shard.runAfter ?? wakeAt),
  }));
  await wakeShards(deps.stores, job, wakes);
  // Durable: each lane's first open shard has a time at which the resumer looks at it, and the job needs none.
  await Promise.all(idle.map((shard) => publishShard(deps, shard)));
}
