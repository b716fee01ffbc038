import type { Job } from "./job.ts";
import { leaseMs } from "./timing.ts";

/** How far a job has come with what it could count, and how long the rest of that takes at the pace so far. */
export interface Estimate {
  done: number;
  total: number;
  remainingSeconds: number;
}

const evidenceMs = 10_000;
const evidenceShare = 0.02;

/** How many of the job's `total` things are done, or undefined when it could not count beforehand. */
export function progressOf(job: Job): { done: number; total: number } | undefined {
  if (job.total === undefined || job.total <= 0) return undefined;
  const counted = job.totalOf === undefined ? Object.values(job.counts) : [job.counts[job.totalOf] ?? 0];
  const done = counted.reduce((sum, count) => sum + count, 0);
  return { done: Math.min(done, job.total), total: job.total };
}

/**
 * Estimates the rest of a job's counted work from its own pace.
 *
 * @returns undefined while there is no evidence: less than ten seconds or a fiftieth of the work done, no save for longer
 * than a lease, a job that waits, was retried or has ended, or whose counted part is over.
 */
export function estimate(job: Job, now: Date): Estimate | undefined {
  const progress = progressOf(job);
  const isMoving = job.state === "running" || job.state === "queued";
  if (progress === undefined || !isMoving || job.startedAt === undefined || job.retries > 0) return undefined;
  const { done, total } = progress;
  const workedMs = job.updatedAt.getTime() - job.startedAt.getTime();
  const silentMs = now.getTime() - job.updatedAt.getTime();
  if (workedMs < evidenceMs || done < total * evidenceShare || done >= total || silentMs > leaseMs) return undefined;
  const restMs = ((total - done) * workedMs) / done - Math.max(silentMs, 0);
  return { done, total, remainingSeconds: Math.max(Math.ceil(restMs / 1000), 1) };
}
