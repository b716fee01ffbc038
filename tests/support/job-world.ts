import { documentRef } from "../../functions/src/inventory/collections.ts";
import {
  isFinished,
  type Job,
  type JobKind,
  type JobStep,
  priorities,
  type StepRun,
} from "../../functions/src/jobs/job.ts";
import { createJob, getJob, publishJob } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import type { Message, Payload } from "../fakes/publisher.ts";
import { type TestDeps, tenantIdOf } from "./test-deps.ts";

/** Something that a step did, and under which lease. */
export interface Effect {
  name: string;
  token: number;
}

/** A tenant's jobs of one kind, and the machinery around them: Pub/Sub, the resumer, the passing of time. */
export interface JobWorld {
  readonly deps: TestDeps;
  readonly tenantId: string;
  /** What the steps did, in order: only what they wrote in a transaction that asked `assertHeld`. */
  readonly effects: Effect[];
  /** Makes a job and publishes it, as a use case does. */
  start(job?: { id?: string; priority?: number; step?: string }): Promise<Job>;
  /** Delivers a message to the kind's function, which a test may have deployed anew. */
  deliver(message: Message, kind?: JobKind<TestDeps>): Promise<void>;
  /** Delivers what waits until nothing does. */
  deliverAll(kind?: JobKind<TestDeps>): Promise<void>;
  /** Lets messages, the resumer and two minutes at a time pass until the job has ended. */
  untilEnd(jobId: string, kind?: JobKind<TestDeps>): Promise<Job>;
  job(jobId: string): Promise<Job>;
}

/** Records an effect in the step's own fenced transaction. */
export type Act = (run: StepRun, name: string) => Promise<void>;

export function jobWorld(
  deps: TestDeps,
  name: string,
  kindOf: (act: Act) => JobKind<TestDeps>,
): JobWorld & { kind: JobKind<TestDeps> } {
  const tenantId = tenantIdOf(name);
  const effects: Effect[] = [];
  const kind = kindOf(async (run, effect) => {
    let token = 0;
    await deps.stores.data.runTransaction(async (tx) => {
      await run.assertHeld(tx);
      token = run.job.lease?.token ?? 0;
      tx.set(documentRef(deps.stores, "signals", { tenantId, signalId: effect }), { token });
    });
    effects.push({ name: effect, token });
  });
  const deliver = (message: Message, deployed = kind) =>
    deps.publisher.deliver(message, (payload: Payload, delivery) =>
      runJob(deps, deployed, stepMessage.parse(payload), delivery),
    );

  const world: JobWorld = {
    deps,
    tenantId,
    effects,
    async start({ id = deps.ids.next(), priority = priorities.interactive, step } = {}) {
      const job = await deps.stores.data.runTransaction(async (tx) =>
        createJob(tx, deps.stores, {
          id,
          tenantId,
          kind: kind.name,
          ...(step === undefined ? {} : { step }),
          targets: {},
          priority,
          requestedBy: { kind: "member", id: "uid1" },
          createdAt: deps.clock.now(),
        }),
      );
      await publishJob(deps, job);
      return job;
    },
    deliver,
    async deliverAll(deployed = kind) {
      for (let message = deps.publisher.waiting[0]; message !== undefined; message = deps.publisher.waiting[0]) {
        await deliver(message, deployed);
      }
    },
    async untilEnd(jobId, deployed = kind) {
      for (let round = 0; round < 60; round += 1) {
        await world.deliverAll(deployed);
        const job = await world.job(jobId);
        if (isFinished(job)) return job;
        deps.clock.advance(121);
        await resumeStalledJobs(deps).catch((error: unknown) => {
          if (!(error instanceof AggregateError || isLostAnswer(error))) throw error;
        });
      }
      throw new Error(`job ${jobId} has not ended after 60 rounds: ${JSON.stringify(await world.job(jobId))}`);
    },
    job: (jobId) => getJob(deps.stores, tenantId, jobId),
  };
  return { ...world, kind };
}

function isLostAnswer(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === 14;
}

/**
 * A kind that has everything the engine does: a step with cursors, one that fans out, one that waits, a last one.
 * Done right, its job counts `items` pages, `shards` * 2 parts, and acts under names that say where.
 */
export function kitchenKind(act: Act, sizes: { items: number; shards: number }, now: () => Date): JobKind<TestDeps> {
  const list: JobStep<TestDeps> = {
    name: "list",
    async run(_deps, run) {
      const page = Number(run.cursor?.page ?? 0);
      await act(run, `list.${page}`);
      const counts = { items: 1 };
      return page + 1 < sizes.items ? { next: { page: page + 1 }, counts, total: sizes.items } : { done: true, counts };
    },
  };
  const spread: JobStep<TestDeps> = {
    name: "spread",
    async run() {
      return { fanOut: Array.from({ length: sizes.shards }, (_, index) => ({ part: `part-${index}`, half: 1 })) };
    },
    async runShard(_deps, run) {
      const half = Number(run.cursor?.half);
      await act(run, `${run.cursor?.part}.${half}`);
      const counts = { parts: 1 };
      return half === 1 ? { next: { ...run.cursor, half: 2 }, counts } : { done: true, counts };
    },
  };
  const rest: JobStep<TestDeps> = {
    name: "rest",
    async run(_deps, run) {
      if (run.cursor !== undefined) return { done: true };
      return { waitUntil: new Date(now().getTime() + 300_000), next: { rested: true } };
    },
  };
  const finish: JobStep<TestDeps> = {
    name: "finish",
    async run(_deps, run) {
      await act(run, "finish");
      return { done: true, counts: { finishes: 1 } };
    },
  };
  return {
    name: "retention",
    topic: "retention-steps",
    steps: [list, spread, rest, finish],
    isCancellable: (job) => job.step !== "finish",
  };
}
