import { type Job, priorities } from "./job.ts";

const second = 1_000;

/** How long a claim lasts without a save: longer than any bounded step, so that only the dead lose theirs. */
export const leaseMs = 90 * second;

/** How old a lease is renewed by a step that is long and says that it lives. */
export const renewMs = 30 * second;

/** How long a message may be under way before the resumer takes it for lost. */
export const messageGraceMs = 60 * second;

/** After a failed try Pub/Sub redelivers by itself, up to two minutes later; the resumer steps in only after that. */
export const redeliveryGraceMs = 180 * second;

/** How long the resumer waits before it publishes the same work again. */
export const resumeGraceMs = 120 * second;

/** Claims without a save in between, after which a job is given up; as many as Pub/Sub delivers a message. */
export const attemptLimit = 10;

/** A fan-out's list of cursors is one answer of a step, so it is bounded. */
export const shardLimit = 2_000;

function isInteractive(job: Pick<Job, "priority">): boolean {
  return job.priority < priorities.background;
}

/** How long one invocation works on a job before it saves and goes to the end of the queue. */
export function budgetMs(job: Pick<Job, "priority">): number {
  return isInteractive(job) ? 40 * second : 10 * second;
}

/** How many shards of one job run side by side, of the 20 instances that a kind has. */
export function laneCount(job: Pick<Job, "priority">): number {
  return isInteractive(job) ? 8 : 4;
}

/** `time` and some milliseconds. */
export function later(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() + milliseconds);
}
