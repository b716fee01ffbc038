import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import type { TopicName } from "../inventory/inventory.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Publisher } from "../ports/publisher.ts";

/** What the engine itself needs of a function's dependencies. */
export interface JobDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly publisher: Publisher<TopicName>;
}

/** What a job and a shard have in common: a state, a place to go on from, and who may work on it. */
export interface Work {
  state: "queued" | "running" | "waiting" | "done" | "failed" | "cancelled";
  /** Where its step goes on; absent at the start. Names and keys, never positions. */
  cursor?: Cursor | undefined;
  /** One higher at every save; a save against another revision is refused. */
  revision: number;
  /** What was done so far, by name of the thing counted. */
  counts: Readonly<Record<string, number>>;
  /** Who may work on it, until when. A later holder's token is higher. */
  lease?: Lease | undefined;
  /** Token of the lease under which it was last saved: how a save that is repeated knows itself. */
  savedBy?: number | undefined;
  /** Claims since the last save: how often it was tried from this cursor. */
  attempts: number;
  /** Why the last try ended, when it said so. */
  lastError?: { code: string; at: Date } | undefined;
  /** Not before this time; for steps that wait. */
  runAfter?: Date | undefined;
  /** When somebody should look at it if nothing happens before; absent when nobody needs to. */
  wakeAt?: Date | undefined;
  createdAt: Date;
  updatedAt: Date;
  finishedAt?: Date | undefined;
}

export interface Lease {
  /** The revision of the claim, so that it grows with every claim. */
  token: number;
  /** One invocation of a function. */
  holder: string;
  expiresAt: Date;
}

/** A durable piece of long work. Holds ids, states and counts only: browsers of staff may listen to it. */
export interface Job extends Work {
  id: string;
  tenantId: string;
  kind: JobKindName;
  /** Name of the step that runs next; `not-begun` before the first claim of a job made without one. */
  step: string;
  /** What the job is about: a subject, a document, a conversation. Random ids. */
  targets: Readonly<Record<string, string>>;
  /** How many things there are to do, where the job could count them beforehand. */
  total?: number | undefined;
  /** Name of the count that `total` is the goal of; absent when it is the goal of all counts together. */
  totalOf?: string | undefined;
  /** 0 before 9: a person waits for `interactive`, nobody for `background`. */
  priority: number;
  /** Shards that are not done yet, while a step is fanned out. */
  openShards: number;
  /** The fan-out under way: who made its shards, how many there are, how many run side by side. */
  fanOut?: { token: number; shards: number; lanes: number } | undefined;
  /** How often a person had it retried. */
  retries: number;
  /** Why it failed, in words that a person can act on, and whether it can be retried. */
  failure?: Failure | undefined;
  requestedBy: { kind: string; id: string };
  /** When the first step began. */
  startedAt?: Date | undefined;
}

export interface Failure {
  code: string;
  reason: string;
  step: string;
  retryable: boolean;
}

/** A part of a job that runs beside others. Ids and counts only. */
export interface Shard extends Work {
  /** `<step>.<index>`: a step that is fanned out twice writes the same shards. */
  id: string;
  tenantId: string;
  jobId: string;
  kind: JobKindName;
  step: string;
  index: number;
  /** The fan-out it belongs to, as the job has it; a shard of another one never runs. */
  fanOut: number;
  /** The job's `retries` when `attempts` began to count: a retried job gives its shards all attempts again. */
  retries: number;
}

export type JobKindName = "export" | "erasure" | "retention" | "knowledge" | "rotation" | "closure" | "webhook";

/** Who waits: a person for `interactive`, nobody for `background`. */
export const priorities = { interactive: 0, background: 5 } as const;

/** Ids, names and small numbers; at most 1 KiB. */
export type Cursor = Readonly<Record<string, string | number | boolean>>;

interface Progress {
  counts?: Readonly<Record<string, number>>;
  /** How many things there are to do in all; a later one replaces it. */
  total?: number;
  /** Name of the count that `total` is the goal of; by default all counts together. */
  totalOf?: string;
  /** Writes that stand exactly if this result is saved, once, however often the step runs: an audit entry. */
  beside?: (tx: Transaction) => void;
}

/**
 * What one run of a step came to. `counts` are added to the job's.
 *
 * `waitUntil` without `next` keeps the cursor. `fanOut` ends the step's own run: each cursor becomes a shard, and the
 * job's next step begins when all of them are done; an empty list is as `done`. `gone` says that the step itself, in
 * its last transaction, deleted the job's record: there is nothing left to save.
 */
export type StepResult =
  | (Progress & { done: true })
  | (Progress & { gone: true })
  | (Progress & { next: Cursor })
  | (Progress & { waitUntil: Date; next?: Cursor })
  | (Progress & { fanOut: readonly Cursor[] });

/** What a step is given besides the dependencies. */
export interface StepRun {
  job: Job;
  /** Where to go on: the job's cursor, or the shard's. Absent at the start. */
  cursor: Cursor | undefined;
  /** Id of the shard, when the step was fanned out. */
  shardId?: string;
  /**
   * Throws AppError `job-conflict` when somebody else holds the lease by now, or the job was cancelled or failed. To be
   * called inside the transaction of every write that must not happen twice, before its first write: it reads the job.
   */
  assertHeld(tx: Transaction): Promise<void>;
  /**
   * Renews the lease when it is older than 30 seconds. For a step that works through something long without a cursor in it;
   * to be called again and again meanwhile.
   *
   * @throws AppError `job-conflict` when the lease is lost, or the job was cancelled or failed: then stop.
   */
  keepLease(): Promise<void>;
  /** True when this invocation's time is nearly used up: return a cursor. */
  outOfTime(): boolean;
}

/** One named step: bounded (20 seconds at most, or for as long as it keeps its lease), and safe to run twice from the same cursor. */
export interface JobStep<Deps> {
  name: string;
  /** Names it had before, under which jobs under way still know it. */
  formerNames?: readonly string[];
  run(deps: Deps, run: StepRun): Promise<StepResult>;
  /** A fanned-out step: runs one shard. A shard cannot fan out again. */
  runShard?(deps: Deps, run: StepRun): Promise<StepResult>;
}

/** What a kind of job is made of. Its entry point hands it to the engine. */
export interface JobKind<Deps> {
  name: JobKindName;
  topic: JobTopic;
  steps: readonly [JobStep<Deps>, ...JobStep<Deps>[]];
  /** Whether staff may cancel it; an erasure may not be cancelled once its key is destroyed. */
  isCancellable(job: Job): boolean;
  /**
   * Removes what a job has made that was cancelled or has failed; absent where such a job leaves nothing behind. It may be
   * called again, and when the job's record or what it is about is gone. A retry afterwards begins at the first step.
   */
  ended?(deps: Deps, job: Job): Promise<void>;
}

/** The topic that carries each kind's steps. */
export const jobTopics = {
  export: "export-steps",
  erasure: "erasure-steps",
  retention: "retention-steps",
  knowledge: "knowledge-steps",
  rotation: "rotation-steps",
  closure: "closure-steps",
  webhook: "webhook-deliveries",
} as const satisfies Record<JobKindName, TopicName>;

export type JobTopic = (typeof jobTopics)[JobKindName];

/** A job that nothing more will happen to by itself. */
export function isFinished(work: Pick<Work, "state">): boolean {
  return work.state === "done" || work.state === "failed" || work.state === "cancelled";
}
