import { z } from "zod";
import { nudgeSequencers } from "../ledger/nudges.ts";
import { AppError } from "../platform/errors.ts";
import type { Delivery } from "../platform/event.ts";
import { log } from "../platform/log.ts";
import { failureOf } from "./failure.ts";
import { openFanOut, publishLaneHeads, resumeLanes } from "./fan-out.ts";
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
import { isFinished, type Job, type JobDeps, type JobKind, type StepResult } from "./job.ts";
import { publishJob } from "./messages.ts";
import { isToPutAway, putAwayJob } from "./put-away.ts";
import { runShard } from "./run-shard.ts";
import { changeJob, readJob } from "./store.ts";
import { attemptLimit } from "./timing.ts";
import {
  afterRun,
  claimed,
  failed,
  finished,
  isHeld,
  released,
  renewed,
  stepDone,
  stepNamed,
  withTotal,
} from "./transitions.ts";
import { type Turn, workThrough } from "./work-through.ts";

const id = z.string().regex(/^[A-Za-z0-9._~-]{1,200}$/);

/** What a step's topic carries: ids, and nothing else. */
export const stepMessage = z.strictObject({
  tenantId: z.string().regex(/^lethe_(eu|us)_tenant_[a-z0-9]{16}$/),
  jobId: id,
  shardId: id.optional(),
});

export type StepMessage = z.infer<typeof stepMessage>;

/**
 * Works on a job, or on one of its shards, as far as one invocation's time goes.
 *
 * A message for work that is finished, not due, or held by somebody alive is dropped: the holder goes on, and the resumer
 * publishes again when they die. So a message may come twice, late, or in any order.
 *
 * @throws what the step threw when another try may help; the lease is free again, and Pub/Sub redelivers.
 */
export async function runJob<Deps extends JobDeps>(
  deps: Deps,
  kind: JobKind<Deps>,
  message: StepMessage,
  delivery: Delivery,
): Promise<void> {
  const { tenantId, jobId, shardId } = message;
  if (shardId !== undefined) return runShard(deps, kind, { tenantId, jobId, shardId }, delivery);
  const invocation = beginInvocation(deps);
  const { holder, startedAt } = invocation;
  const job = await changeJob(deps.stores, { tenantId, jobId }, (stored) => claimJob(stored, kind, holder, startedAt));
  const fields = { tenantId, jobId, kind: kind.name, attempt: delivery.attempt };
  if (job?.lease?.holder === holder) {
    // Durable: the claim. If we die, the lease runs out and resume-stalled-jobs publishes.
    return workThrough(job, jobTurn(deps, kind, invocation));
  }
  if (job?.kind === kind.name && isToPutAway(job)) await putAwayJob(deps, kind, job);
  // A fan-out whose first messages may have been lost: after a retry, or when this message failed before.
  if (job !== undefined && isFannedOut(job) && (job.wakeAt !== undefined || delivery.attempt > 1)) {
    return resumeLanes(deps, job);
  }
  if (job?.failure !== undefined)
    log.error("job failed", { ...fields, code: job.failure.code, step: job.failure.step });
  else log.info("message dropped", { ...fields, state: job?.state ?? "absent" });
}

function isFannedOut(job: Job): boolean {
  return job.openShards > 0 && !isFinished(job);
}

/** The job as claimed; as failed, when it was tried often enough; or as it is, when there is nothing to claim. */
function claimJob<Deps>(job: Job, kind: JobKind<Deps>, holder: string, now: Date): Job {
  const isDue = job.runAfter === undefined || job.runAfter <= now;
  if (job.kind !== kind.name || isFinished(job) || job.openShards > 0 || isHeld(job, now) || !isDue) return job;
  if (job.attempts >= attemptLimit) {
    return failed(job, failureOf(job.lastError?.code ?? "no-answer", job.step, job.attempts), now);
  }
  // A step that this version does not know may be one of the next: while a deployment rolls out, both take messages.
  const step = stepNamed(kind.steps, job.step)?.name ?? job.step;
  return { ...claimed(job, holder, now), step, startedAt: job.startedAt ?? now };
}

function jobTurn<Deps extends JobDeps>(deps: Deps, kind: JobKind<Deps>, invocation: Invocation): Turn<Job> {
  const { stores, clock } = deps;
  const idsOf = (job: Job) => ({ tenantId: job.tenantId, jobId: job.id });
  return {
    async run(job) {
      const step = stepNamed(kind.steps, job.step);
      if (step === undefined) throw new AppError("step-unknown", `job ${job.id} is at step ${job.step}`);
      const run = step.run(deps, {
        job,
        cursor: job.cursor,
        assertHeld: async (tx) => assertLease(`job ${job.id}`, await readJob(tx, stores, idsOf(job)), job),
        keepLease: leaseKeeper(clock, async (now) => {
          await changeJob(stores, idsOf(job), (stored) => {
            assertLease(`job ${job.id}`, stored, job);
            return renewed(stored, now);
          });
        }),
        outOfTime: () => isOutOfTime(deps, invocation, job),
      });
      return run.finally(() => nudgeSequencers(deps));
    },
    save: (job, result) => saveRun(deps, kind, job, result, invocation),
    isHeld: (job) => job.lease?.holder === invocation.holder,
    async follow(job) {
      if (job.state === "queued") await publishJob(deps, job);
      else if (isFannedOut(job)) await publishLaneHeads(deps, job);
    },
    async release(job, code) {
      const now = clock.now();
      await changeJob(stores, idsOf(job), (stored) =>
        isSameLease(stored, job) ? released(stored, code, now) : stored,
      );
    },
    async fail(job, code) {
      const now = clock.now();
      const ended = await changeJob(stores, idsOf(job), (stored) =>
        isSameLease(stored, job) ? failed(stored, failureOf(code, stored.step), now) : stored,
      );
      // Durable: the failure. If we die before what it made is put away, resume-stalled-jobs publishes.
      if (ended !== undefined && isToPutAway(ended)) await putAwayJob(deps, kind, ended);
    },
    fields: (job) => ({
      tenantId: job.tenantId,
      jobId: job.id,
      kind: job.kind,
      step: job.step,
      state: job.state,
      attempt: job.attempts,
    }),
  };
}

/** Saves what a run came to, unless somebody else saved since: then AppError `job-conflict`. */
async function saveRun<Deps extends JobDeps>(
  deps: Deps,
  kind: JobKind<Deps>,
  job: Job,
  result: StepResult,
  invocation: Invocation,
): Promise<Job> {
  const now = deps.clock.now();
  const after = afterThis(deps, invocation, job);
  // The step's own transaction ended the job with its record; a message that comes again finds nothing and is dropped.
  if ("gone" in result) return finished(job, "done", now);
  if ("fanOut" in result && result.fanOut.length > 0) return openFanOut(deps, kind, job, result, now);
  const simple = "fanOut" in result ? { ...result, done: true as const } : result;
  const saved = (current: Job): Job => {
    if (isOwnSave(current, job)) return current;
    assertUnchanged(`job ${job.id}`, current, job);
    const known = withTotal(current, simple);
    return afterRun(known, simple, after, now, () => stepDone(known, kind.steps, simple.counts, after, now));
  };
  const stored = await changeJob(deps.stores, { tenantId: job.tenantId, jobId: job.id }, saved, result.beside);
  if (stored === undefined) throw new AppError("job-conflict", `job ${job.id} is gone`);
  return stored;
}
