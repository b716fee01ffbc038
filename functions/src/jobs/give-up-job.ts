import { z } from "zod";
import { log } from "../platform/log.ts";
import { failureOf } from "./failure.ts";
import { isFinished, type Job, type JobDeps, type Work } from "./job.ts";
import { changeJob, changeShard } from "./store.ts";
import { failed, finished, isHeld } from "./transitions.ts";

/** What a dead-letter topic carries: a step's message, or that of another topic, which names no job. */
export const deadMessage = z.object({
  tenantId: z.string().optional(),
  jobId: z.string().optional(),
  shardId: z.string().optional(),
});

export type DeadMessage = z.infer<typeof deadMessage>;

/** Tried since the last save, and by nobody at this moment: what was given up is what it still stands at. */
function isGivenUp(work: Work, now: Date): boolean {
  return !isFinished(work) && work.attempts > 0 && !isHeld(work, now);
}

/**
 * Marks the job of a message that Pub/Sub gave up as failed, with a reason, so that a person can act and retry it.
 *
 * A job that has gone on since, by another message, is left alone. So is one that was never claimed: then the function
 * was down, nothing is known against the job, and the resumer keeps publishing it; the log line is the alarm.
 */
export async function giveUpJob(deps: JobDeps, message: DeadMessage): Promise<void> {
  const { tenantId, jobId, shardId } = message;
  const now = deps.clock.now();
  const giveUp = (job: Job, work: Work) =>
    failed(job, failureOf(work.lastError?.code ?? "no-answer", job.step, work.attempts), now);
  if (tenantId === undefined || jobId === undefined) {
    log.error("message given up", tenantId === undefined ? {} : { tenantId });
    return;
  }
  const ids = { tenantId, jobId };
  let job: Job | undefined;
  if (shardId === undefined) {
    job = await changeJob(deps.stores, ids, (stored) =>
      stored.openShards === 0 && isGivenUp(stored, now) ? giveUp(stored, stored) : stored,
    );
  } else {
    const pair = await changeShard(deps.stores, { ...ids, shardId }, (stored) => {
      const isOpen = stored.job.state === "running" && stored.job.fanOut?.token === stored.shard.fanOut;
      if (!isOpen || !isGivenUp(stored.shard, now)) return stored;
      return { job: giveUp(stored.job, stored.shard), shard: finished(stored.shard, "failed", now) };
    });
    job = pair?.job;
  }
  // Durable: the failure. resume-stalled-jobs publishes the job once more, and its kind puts away what it made.
  log.error("message given up", {
    ...ids,
    state: job?.state ?? "absent",
    ...(job === undefined ? {} : { kind: job.kind, step: job.step }),
    ...(job?.failure === undefined ? {} : { code: job.failure.code }),
  });
}
