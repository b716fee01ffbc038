import { AppError } from "../platform/errors.ts";
import type { Cursor, Failure, Job, JobKind, JobStep, StepResult, Work } from "./job.ts";
import { later, leaseMs, messageGraceMs, redeliveryGraceMs } from "./timing.ts";

/**
 * Every change of a job or shard, as pure functions from one record to the next: `store.ts` runs them in transactions,
 * which may call them again.
 */

/** The step of a job that has not begun and was made without naming one. */
export const notBegun = "not-begun";

/** Counts added up, name by name. */
export function sum(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const total: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** Whether somebody works on it: a lease that has not run out. */
export function isHeld(work: Pick<Work, "lease">, now: Date): boolean {
  return work.lease !== undefined && work.lease.expiresAt > now;
}

/** The record as somebody's who may work on it until the lease runs out. */
export function claimed<W extends Work>(work: W, holder: string, now: Date): W {
  const revision = work.revision + 1;
  const expiresAt = later(now, leaseMs);
  return {
    ...work,
    state: "running",
    revision,
    lease: { token: revision, holder, expiresAt },
    attempts: work.attempts + 1,
    runAfter: undefined,
    wakeAt: expiresAt,
    updatedAt: now,
  };
}

/** How a run is saved: the holder goes on, or leaves the rest to the next message. */
export type After = "keep" | "yield";

/** The record after a run that went well, under the same lease or free for the next. */
export function saved<W extends Work>(
  work: W,
  progress: { cursor: Cursor | undefined; counts?: Readonly<Record<string, number>> },
  after: After,
  now: Date,
): W {
  const expiresAt = later(now, leaseMs);
  const lease = after === "keep" && work.lease !== undefined ? { ...work.lease, expiresAt } : undefined;
  return {
    ...work,
    state: lease === undefined ? "queued" : "running",
    revision: work.revision + 1,
    savedBy: work.lease?.token,
    cursor: progress.cursor,
    counts: sum(work.counts, progress.counts),
    lease,
    attempts: 0,
    lastError: undefined,
    wakeAt: lease === undefined ? later(now, messageGraceMs) : expiresAt,
    updatedAt: now,
  };
}

/** The record as waiting: nobody holds it, and the resumer publishes it when it is due. */
export function waiting<W extends Work>(
  work: W,
  progress: { cursor: Cursor | undefined; counts?: Readonly<Record<string, number>> },
  until: Date,
  now: Date,
): W {
  return { ...saved(work, progress, "yield", now), state: "waiting", runAfter: until, wakeAt: until };
}

/** A job that waits at a step, as one that is due at once; any other as it is. */
export function awoken(job: Job, step: string, now: Date): Job {
  if (job.state !== "waiting" || job.step !== step) return job;
  return {
    ...job,
    state: "queued",
    revision: job.revision + 1,
    runAfter: undefined,
    wakeAt: later(now, messageGraceMs),
    updatedAt: now,
  };
}

/** The record as finished: nobody needs to look at it again. */
export function finished<W extends Work>(work: W, state: "done" | "failed" | "cancelled", now: Date): W {
  return {
    ...work,
    state,
    revision: work.revision + 1,
    lease: undefined,
    runAfter: undefined,
    wakeAt: undefined,
    updatedAt: now,
    finishedAt: now,
  };
}

/** The record as done by its holder. */
export function completed<W extends Work>(work: W, counts: Readonly<Record<string, number>> | undefined, now: Date): W {
  return {
    ...finished(work, "done", now),
    savedBy: work.lease?.token,
    cursor: undefined,
    counts: sum(work.counts, counts),
    attempts: 0,
    lastError: undefined,
  };
}

/** The record after a try that failed and may be repeated: free at once for the redelivered message. */
export function released<W extends Work>(work: W, code: string, now: Date): W {
  return {
    ...work,
    state: "queued",
    revision: work.revision + 1,
    lease: undefined,
    lastError: { code, at: now },
    wakeAt: later(now, redeliveryGraceMs),
    updatedAt: now,
  };
}

/** The step of that name, or of that former name; undefined when this deployment knows none. */
export function stepNamed<Deps>(steps: readonly JobStep<Deps>[], name: string): JobStep<Deps> | undefined {
  if (name === notBegun) return steps[0];
  return steps.find((step) => step.name === name) ?? steps.find((step) => step.formerNames?.includes(name));
}

/** The job at its next step, or done after its last one. @throws AppError `step-unknown` when nobody can tell what is next. */
export function stepDone<Deps>(
  job: Job,
  steps: readonly JobStep<Deps>[],
  counts: Readonly<Record<string, number>> | undefined,
  after: After,
  now: Date,
): Job {
  const step = stepNamed(steps, job.step);
  if (step === undefined) throw new AppError("step-unknown", `job ${job.id} is at step ${job.step}`);
  const next = steps[steps.indexOf(step) + 1];
  if (next === undefined) return completed(job, counts, now);
  return { ...saved(job, { cursor: undefined, counts: counts ?? {} }, after, now), step: next.name };
}

/** What is left of a step's result once a fan-out, or a job that is gone, is out of the way. */
export type SimpleResult = Exclude<StepResult, { fanOut: unknown } | { gone: unknown }>;

/** The piece of work after one run: `done` is what the caller makes of a finished one. */
export function afterRun<W extends Work>(work: W, result: SimpleResult, after: After, now: Date, done: () => W): W {
  const counts = result.counts ?? {};
  if ("waitUntil" in result) {
    const cursor = result.next ?? work.cursor;
    if (result.waitUntil > now) return waiting(work, { cursor, counts }, result.waitUntil, now);
    return saved(work, { cursor, counts }, after, now);
  }
  if ("next" in result) return saved(work, { cursor: result.next, counts }, after, now);
  return done();
}

/** The job with what a run learned of how much there is to do. */
export function withTotal(job: Job, result: StepResult): Job {
  return result.total === undefined ? job : { ...job, total: result.total, totalOf: result.totalOf };
}

/** The job as fanned out into shards that exist. It is nobody's: each shard has its own holder. */
export function fannedOut(job: Job, shards: number, lanes: number, counts: StepResult["counts"], now: Date): Job {
  const token = job.lease?.token ?? job.revision;
  return {
    ...saved(job, { cursor: undefined, counts: counts ?? {} }, "yield", now),
    state: "running",
    openShards: shards,
    fanOut: { token, shards, lanes },
    wakeAt: undefined,
  };
}

/** The job after one of its shards: at its next step when that was the last one. */
export function shardDone<Deps>(
  job: Job,
  counts: Readonly<Record<string, number>>,
  steps: readonly JobStep<Deps>[],
  now: Date,
): Job {
  if (job.openShards === 1) {
    return stepDone({ ...job, openShards: 0, fanOut: undefined }, steps, counts, "yield", now);
  }
  return {
    ...job,
    revision: job.revision + 1,
    openShards: job.openShards - 1,
    counts: sum(job.counts, counts),
    updatedAt: now,
  };
}

/** The job as failed; what its shards have done stays done. It is looked at once more, to put away what it made. */
export function failed(job: Job, failure: Failure, now: Date): Job {
  return { ...finished(job, "failed", now), failure, wakeAt: later(now, messageGraceMs) };
}

/** The job as cancelled. It is looked at until whoever runs it at this moment must have noticed. */
export function cancelled(job: Job, now: Date): Job {
  return { ...finished(job, "cancelled", now), wakeAt: later(now, leaseMs) };
}

/** Whether nobody can be at work on an ended job any more: it failed by its holder's hand, or every lease has run out. */
export function isDeserted({ state, finishedAt }: Job, now: Date): boolean {
  return state === "failed" || finishedAt === undefined || later(finishedAt, leaseMs) <= now;
}

/** An ended job whose kind has put away what it made: nobody needs to look at it, and a retry finds nothing to go on from. */
export function putAway<Deps>(job: Job, { steps, ended }: Pick<JobKind<Deps>, "steps" | "ended">): Job {
  const still = { ...job, wakeAt: undefined };
  if (ended === undefined || job.state !== "failed") return still;
  return { ...still, step: steps[0].name, cursor: undefined, counts: {}, openShards: 0, fanOut: undefined };
}

/** The record under the same lease for longer. The revision stays: nothing else about it has changed. */
export function renewed<W extends Work>(work: W, now: Date): W {
  if (work.lease === undefined) return work;
  const expiresAt = later(now, leaseMs);
  return { ...work, lease: { ...work.lease, expiresAt }, wakeAt: expiresAt };
}

/** A failed job as it goes on from where it failed. */
export function retried(job: Job, now: Date): Job {
  return {
    ...job,
    state: job.openShards > 0 ? "running" : "queued",
    revision: job.revision + 1,
    attempts: 0,
    retries: job.retries + 1,
    lastError: undefined,
    failure: undefined,
    finishedAt: undefined,
    wakeAt: later(now, messageGraceMs),
    updatedAt: now,
  };
}
