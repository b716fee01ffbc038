/** A durable piece of long work. Holds ids, states and counts only: browsers of staff may listen to it. */
export interface Job {
  id: string;
  tenantId: string;
  kind: JobKindName;
  state: "queued" | "running" | "waiting" | "done" | "failed" | "cancelled";
  /** Name of the step that runs next. */
  step: string;
  /** Where that step goes on; absent at its start. Names and keys, never positions. */
  cursor?: Cursor;
  /** One higher at every save; a save against another revision is refused. */
  revision: number;
  /** What the job is about: a subject, a document, a conversation. Random ids. */
  targets: Readonly<Record<string, string>>;
  /** What was done so far, by name of the thing counted. */
  counts: Readonly<Record<string, number>>;
  /** How many things there are to do, where the job could count them beforehand. */
  total?: number;
  /** 0 before 9: a person waits for `interactive`, nobody for `background`. */
  priority: number;
  /** Who may work on it, until when; a later holder's token is higher. */
  lease?: { token: number; expiresAt: Date };
  /** Not before this time; for steps that wait. */
  runAfter?: Date;
  /** Shards that are not done yet, while a step is fanned out. */
  openShards: number;
  /** Why it failed, in words that a person can act on, and whether it can be retried. */
  failure?: { code: string; reason: string; step: string; retryable: boolean };
  requestedBy: { kind: string; id: string };
  createdAt: Date;
  updatedAt: Date;
  finishedAt?: Date;
}

export type JobKindName =
  | "export"
  | "erasure"
  | "retention"
  | "closure"
  | "knowledge"
  | "rotation"
  | "workflow"
  | "webhook";

/** Ids, names and small numbers; at most 1 KiB. */
export type Cursor = Readonly<Record<string, string | number | boolean>>;

/** What one run of a step came to. `counts` are added to the job's. */
export type StepResult =
  | { done: true; counts?: Readonly<Record<string, number>> }
  | { next: Cursor; counts?: Readonly<Record<string, number>>; total?: number }
  | { waitUntil: Date; next?: Cursor; counts?: Readonly<Record<string, number>> }
  | { fanOut: readonly Cursor[]; counts?: Readonly<Record<string, number>> };

/** What a step is given besides the dependencies. */
export interface StepRun {
  job: Job;
  /** Where to go on: the job's cursor, or the shard's. Absent at the start. */
  cursor: Cursor | undefined;
  /** Id of the shard, when the step was fanned out. */
  shardId?: string;
  /**
   * Throws AppError `job-conflict` when somebody else holds the lease by now. To be called inside the transaction of
   * every write that must not happen twice; it reads the job in that transaction.
   */
  assertHeld(tx: FirebaseFirestore.Transaction): Promise<void>;
  /** True when this invocation's time is nearly used up: return a cursor. */
  outOfTime(): boolean;
}

/** One named step: bounded, and safe to run twice from the same cursor. */
export interface JobStep<Deps> {
  name: string;
  run(deps: Deps, run: StepRun): Promise<StepResult>;
  /** A fanned-out step: runs one shard. */
  runShard?(deps: Deps, run: StepRun): Promise<StepResult>;
}

/** What a kind of job is made of. Its entry point hands it to the engine. */
export interface JobKind<Deps> {
  name: JobKindName;
  topic:
    | "export-steps"
    | "erasure-steps"
    | "retention-steps"
    | "closure-steps"
    | "knowledge-steps"
    | "rotation-steps"
    | "workflow-runs"
    | "webhook-deliveries";
  steps: readonly [JobStep<Deps>, ...JobStep<Deps>[]];
  /** Whether staff may cancel it; an erasure may not be cancelled once its key is destroyed. */
  isCancellable(job: Job): boolean;
}
