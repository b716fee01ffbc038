import { AppError } from "../platform/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Job, JobDeps, Work } from "./job.ts";
import { budgetMs, renewMs } from "./timing.ts";
import type { After } from "./transitions.ts";

/** One call of a step function: who it is, and how much time it has. */
export interface Invocation {
  holder: string;
  startedAt: Date;
}

export function beginInvocation(deps: JobDeps): Invocation {
  return { holder: deps.ids.next(), startedAt: deps.clock.now() };
}

/** True when the invocation has used up what a job of this priority may take at a time. */
export function isOutOfTime(deps: JobDeps, invocation: Invocation, job: Job): boolean {
  return deps.clock.now().getTime() - invocation.startedAt.getTime() >= budgetMs(job);
}

/** Whether the next save keeps the lease, or leaves the rest to a message behind those of others. */
export function afterThis(deps: JobDeps, invocation: Invocation, job: Job): After {
  return isOutOfTime(deps, invocation, job) ? "yield" : "keep";
}

/**
 * What `keepLease` of a step's run does: at most one renewal in a while, counted from when the run began.
 *
 * @param renew - extends the lease in its record; throws AppError `job-conflict` when it is lost.
 */
export function leaseKeeper(clock: Clock, renew: (now: Date) => Promise<void>): () => Promise<void> {
  let renewedAt = clock.now();
  return async () => {
    const now = clock.now();
    if (now.getTime() - renewedAt.getTime() < renewMs) return;
    await renew(now);
    renewedAt = now;
  };
}

/** Whether the stored record is still under the lease that `seen` has. */
export function isSameLease(stored: Work, seen: Work): boolean {
  return stored.lease !== undefined && stored.lease.token === seen.lease?.token;
}

/** Whether the stored record was saved from `seen` by its own holder: a save that took effect though its answer was lost. */
export function isOwnSave(stored: Work, seen: Work): boolean {
  return seen.lease !== undefined && stored.savedBy === seen.lease.token && stored.revision > seen.revision;
}

/** @throws AppError `job-conflict` when somebody saved since `seen` was read: the other delivery owns the step. */
export function assertUnchanged(id: string, stored: Work, seen: Work): void {
  if (stored.revision !== seen.revision) {
    throw new AppError("job-conflict", `${id} is at revision ${stored.revision}, not ${seen.revision}`);
  }
}

/** @throws AppError `job-conflict` unless the stored record is still under the lease that `seen` has. */
export function assertLease(id: string, stored: Work | undefined, seen: Work): void {
  if (stored === undefined || !isSameLease(stored, seen)) {
    throw new AppError("job-conflict", `${id} is held under another lease`);
  }
}
