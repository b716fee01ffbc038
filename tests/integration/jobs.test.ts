import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createTenantKeys } from "../../functions/src/crypto/tenant-keys.ts";
import { collectionRef, documentRef } from "../../functions/src/inventory/collections.ts";
import { cancelJob } from "../../functions/src/jobs/cancel-job.ts";
import { deadMessage, giveUpJob } from "../../functions/src/jobs/give-up-job.ts";
import {
  isFinished,
  type Job,
  type JobKind,
  type JobStep,
  priorities,
  type StepResult,
} from "../../functions/src/jobs/job.ts";
import { findJob, listJobs } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { retryJob } from "../../functions/src/jobs/retry-job.ts";
import { startJob } from "../../functions/src/jobs/start-job.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import { type JobWorld, jobWorld, kitchenKind } from "../support/job-world.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { watchFirestore } from "../support/watch-firestore.ts";

const watch = watchFirestore();
const open: TestDeps[] = [];
let deps: TestDeps;
const member = { kind: "member", id: "uid1" } as const;

beforeEach(() => {
  deps = testDeps();
  open.push(deps);
});

afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  expect(watch.faults()).toEqual([]);
});

/** A kind of one step, which does as the test says. */
function oneStep(run: JobStep<TestDeps>["run"], name = "only"): JobKind<TestDeps> {
  return { name: "retention", topic: "retention-steps", steps: [{ name, run }], isCancellable: () => true };
}

const kitchen = (sizes = { items: 3, shards: 6 }) =>
  jobWorld(deps, "kitchen", (act) => kitchenKind(act, sizes, deps.clock.now));

async function auditActions(tenantId: string): Promise<string[]> {
  const pending = await collectionRef(deps.stores, "auditPending", { tenantId }).get();
  return pending.docs.map((document) => String(document.get("action")));
}

describe("a job", () => {
  it("runs its steps in order, from cursor to cursor, and counts what they did", async () => {
    const world = kitchen();
    const { id } = await world.start();
    const job = await world.untilEnd(id);
    expect(job).toMatchObject({ state: "done", counts: { items: 3, parts: 12, finishes: 1 }, total: 3, openShards: 0 });
    expect(job.finishedAt).toEqual(deps.clock.now());
    expect(job.wakeAt).toBeUndefined();
    const names = world.effects.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(["list.0", "list.1", "list.2"]);
    expect(names.slice(3, -1).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].flatMap((part) => [`part-${part}.1`, `part-${part}.2`]).sort(),
    );
    expect(names.at(-1)).toBe("finish");
  });

  it("is published only after it is saved, and a message for nobody's job is dropped", async () => {
    const world = kitchen();
    await deps.publisher.publish("retention-steps", { tenantId: world.tenantId, jobId: "nobody" });
    await world.deliverAll();
    expect(deps.publisher.dead).toEqual([]);
    expect(world.effects).toEqual([]);
  });

  it("that another kind's function is given is left alone", async () => {
    const world = kitchen();
    const { id } = await world.start();
    await world.deliverAll({ ...world.kind, name: "export" });
    expect(await world.job(id)).toMatchObject({ state: "queued", attempts: 0 });
  });

  it("waits until its time, and is published when that has come", async () => {
    const world = jobWorld(deps, "waits", (act) =>
      oneStep(async (_deps, run) => {
        if (run.cursor === undefined) return { waitUntil: new Date("2025-01-15T13:00:00Z"), next: { slept: true } };
        await act(run, "woke");
        return { done: true };
      }),
    );
    const { id } = await world.start();
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "waiting", runAfter: new Date("2025-01-15T13:00:00Z") });
    deps.clock.advance(59 * 60);
    await resumeStalledJobs(deps);
    await deps.publisher.publish("retention-steps", { tenantId: world.tenantId, jobId: id });
    await world.deliverAll();
    expect(world.effects).toEqual([]);
    deps.clock.advance(60);
    await resumeStalledJobs(deps);
    await world.deliverAll();
    expect(world.effects.map(({ name }) => name)).toEqual(["woke"]);
    expect(await world.job(id)).toMatchObject({ state: "done" });
  });

  it("goes on at once when what it waits for has come already", async () => {
    const world = jobWorld(deps, "goeson", () =>
      oneStep(async (_deps, run) =>
        run.cursor === undefined ? { waitUntil: deps.clock.now(), next: { slept: true } } : { done: true },
      ),
    );
    const { id } = await world.start();
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "done" });
  });

  it("saves and goes to the end of the queue when its time is used up, background jobs sooner", async () => {
    const world = jobWorld(deps, "yields", (act) =>
      oneStep(async (_deps, run) => {
        const page = Number(run.cursor?.page ?? 0);
        await act(run, `${run.job.id}.${page}`);
        deps.clock.advance(6);
        return page < 7 ? { next: { page: page + 1 } } : { done: true };
      }),
    );
    await world.start({ id: "slow", priority: priorities.background });
    await world.start({ id: "fast" });
    await world.deliverAll();
    const turns: string[] = [];
    for (const { name } of world.effects) if (turns.at(-1) !== name.slice(0, 4)) turns.push(name.slice(0, 4));
    // Two runs of six seconds use up a background job's ten; seven of them an interactive job's forty.
    expect(turns.slice(0, 3)).toEqual(["slow", "fast", "slow"]);
    expect(world.effects.filter(({ name }) => name.startsWith("fast"))).toHaveLength(8);
    expect(await world.job("slow")).toMatchObject({ state: "done" });
    expect(await world.job("fast")).toMatchObject({ state: "done" });
  });

  it("finishes when the step names a deployment renamed, and when a step was added after", async () => {
    const world = kitchen({ items: 1, shards: 0 });
    const { id } = await world.start({ step: "tidy" });
    const [, , , finish] = world.kind.steps;
    if (finish === undefined) throw new Error("kind has no last step");
    const renamed: JobKind<TestDeps> = {
      ...world.kind,
      steps: [{ ...world.kind.steps[0], name: "sort" }, { ...world.kind.steps[0], formerNames: ["tidy"] }, finish],
    };
    expect(await world.untilEnd(id, renamed)).toMatchObject({ state: "done", counts: { items: 1, finishes: 1 } });
  });

  it("is left to the next version while one does not know its step", async () => {
    const world = kitchen({ items: 1, shards: 0 });
    const { id } = await world.start({ step: "of-the-next-version" });
    const message = deps.publisher.waiting[0];
    if (message === undefined) throw new Error("nothing was published");
    await world.deliver(message);
    expect(await world.job(id)).toMatchObject({ step: "of-the-next-version", lastError: { code: "step-unknown" } });
    expect(isFinished(await world.job(id))).toBe(false);
    const next: JobKind<TestDeps> = {
      ...world.kind,
      steps: [{ ...world.kind.steps[0], formerNames: ["of-the-next-version"] }],
    };
    expect(await world.untilEnd(id, next)).toMatchObject({ state: "done", counts: { items: 1 } });
  });

  it("fails with a reason when no deployed version knows its step, and can be retried", async () => {
    const world = kitchen();
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start({ step: "gone" });
    const job = await world.untilEnd(id);
    expect(job).toMatchObject({ state: "failed", failure: { code: "step-unknown", step: "gone", retryable: true } });
    expect(job.failure?.reason).toMatch(/deployed version/);
    const knows: JobKind<TestDeps> = { ...world.kind, steps: [{ ...world.kind.steps[0], formerNames: ["gone"] }] };
    await retryJob(deps, world.tenantId, id, member);
    expect(await world.untilEnd(id, knows)).toMatchObject({ state: "done", retries: 1 });
  });
});

describe("two workers", () => {
  it("never have one job at once: the second message is dropped, the first goes on", async () => {
    let inside = 0;
    let most = 0;
    const world = jobWorld(deps, "twice", (act) =>
      oneStep(async (_deps, run) => {
        inside += 1;
        most = Math.max(most, inside);
        const page = Number(run.cursor?.page ?? 0);
        await act(run, `page.${page}`);
        inside -= 1;
        return page < 3 ? { next: { page: page + 1 } } : { done: true };
      }),
    );
    const { id } = await world.start();
    await deps.publisher.publish("retention-steps", { tenantId: world.tenantId, jobId: id });
    await Promise.all([...deps.publisher.waiting].map((message) => world.deliver(message)));
    await world.deliverAll();
    expect(most).toBe(1);
    expect(world.effects.map(({ name }) => name)).toEqual(["page.0", "page.1", "page.2", "page.3"]);
    expect(await world.job(id)).toMatchObject({ state: "done" });
  });

  it("fence each other: who lost the lease in mid-step can neither write nor save", async () => {
    const runs: string[] = [];
    let paused: (() => void) | undefined;
    const world = jobWorld(deps, "fence", (act) =>
      oneStep(async (_deps, run) => {
        const me = `run-${runs.length + 1}`;
        runs.push(me);
        if (me === "run-1") await new Promise<void>((resume) => (paused = resume));
        await act(run, me);
        return { done: true, counts: { done: 1 } };
      }),
    );
    const { id } = await world.start();
    const [first] = deps.publisher.waiting;
    if (first === undefined) throw new Error("nothing was published");
    const zombie = world.deliver(first);
    while (paused === undefined) await new Promise((resolve) => setImmediate(resolve));
    deps.clock.advance(91);
    await resumeStalledJobs(deps);
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "done", counts: { done: 1 } });
    paused();
    await zombie;
    expect(world.effects.map(({ name }) => name)).toEqual(["run-2"]);
    expect(await world.job(id)).toMatchObject({ state: "done", counts: { done: 1 } });
    expect(deps.publisher.waiting).toEqual([]);
  });
});

describe("a step that fails", () => {
  const failing = (error: () => unknown, times = Number.POSITIVE_INFINITY) => {
    let failures = 0;
    return jobWorld(deps, "fails", (act) =>
      oneStep(async (_deps, run): Promise<StepResult> => {
        failures += 1;
        if (failures <= times) throw error();
        await act(run, "worked");
        return { done: true };
      }),
    );
  };

  it("for good marks the job failed with a reason, and the message is not delivered again", async () => {
    const world = failing(() => new AppError("subject-erased", "no key for deks abc"));
    const { id } = await world.start();
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({
      state: "failed",
      failure: {
        code: "subject-erased",
        step: "only",
        retryable: false,
        reason: "The person was erased in the meantime.",
      },
      finishedAt: deps.clock.now(),
    });
    expect(deps.publisher.published).toHaveLength(1);
  });

  it("for a passing cause is delivered again, at once able to claim", async () => {
    const world = failing(() => new AppError("key-unavailable", "key k cannot be used"), 3);
    const { id } = await world.start();
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "done", attempts: 0 });
    expect(world.effects).toHaveLength(1);
    expect(deps.publisher.published).toHaveLength(1);
  });

  it("again and again is given up with the last code, and a retry begins afresh", async () => {
    const world = failing(() => new AppError("key-unavailable", "key k cannot be used"), 12);
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    await world.deliverAll();
    expect(deps.publisher.dead).toHaveLength(1);
    await giveUpJob(deps, { tenantId: world.tenantId, jobId: id });
    const job = await world.job(id);
    expect(job).toMatchObject({ state: "failed", failure: { code: "key-unavailable", retryable: true } });
    expect(job.failure?.reason).toMatch(/^Tried 10 times and given up\. The encryption key could not be used/);
    // Its kind has to put away what it made first.
    await expect(retryJob(deps, world.tenantId, id, member)).rejects.toMatchObject({ code: "job-conflict" });
    await putAway(world);
    await retryJob(deps, world.tenantId, id, member);
    const ended = await world.untilEnd(id);
    expect(ended).toMatchObject({ state: "done", retries: 1 });
    expect(ended.failure).toBeUndefined();
    expect(await auditActions(world.tenantId)).toEqual(["job-retried"]);
  });

  it("by ending the process is given up too, though no message ever dies", async () => {
    const world = failing(() => new Error("never"));
    const { id } = await world.start();
    const dies: JobKind<TestDeps> = oneStep(() => new Promise<never>(() => undefined));
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const message = deps.publisher.waiting[0];
      if (message === undefined) throw new Error(`nothing to deliver at attempt ${attempt}`);
      // The process is gone: nothing that it would have done after its claim happens.
      void world.deliver(message, dies);
      while ((await world.job(id)).attempts < attempt) await new Promise((resolve) => setImmediate(resolve));
      deps.clock.advance(91);
      await resumeStalledJobs(deps);
    }
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "failed", failure: { code: "no-answer", retryable: true } });
  });

  it("is not given up by a dead letter once the job has gone on", async () => {
    const world = kitchen();
    const { id } = await world.start();
    await giveUpJob(deps, { tenantId: world.tenantId, jobId: id });
    expect(await world.job(id)).toMatchObject({ state: "queued" });
    await world.deliverAll();
    await giveUpJob(deps, { tenantId: world.tenantId, jobId: id });
    expect(await world.job(id)).toMatchObject({ state: "waiting" });
    await giveUpJob(deps, { tenantId: world.tenantId });
  });
});

describe("a fan-out", () => {
  it("runs at most its lanes side by side, each lane's next shard when one ends", async () => {
    const world = kitchen({ items: 1, shards: 20 });
    const { id } = await world.start({ priority: priorities.background });
    const [first] = deps.publisher.waiting;
    if (first === undefined) throw new Error("nothing was published");
    await world.deliver(first);
    expect(deps.publisher.waiting.map(({ payload }) => payload.shardId)).toEqual(
      [0, 1, 2, 3].map((n) => `spread.${n}`),
    );
    while (deps.publisher.waiting[0]?.payload.shardId !== undefined) {
      await world.deliver(deps.publisher.waiting[0]);
      expect(deps.publisher.waiting.length).toBeLessThanOrEqual(4);
    }
    expect(await world.job(id)).toMatchObject({ step: "rest", counts: { parts: 40 }, openShards: 0 });
    expect(deps.publisher.published.filter(({ payload }) => payload.shardId !== undefined)).toHaveLength(20);
  });

  it("of nothing is a step done", async () => {
    const world = kitchen({ items: 1, shards: 0 });
    const { id } = await world.start();
    expect(await world.untilEnd(id)).toMatchObject({ state: "done", counts: { items: 1, finishes: 1 } });
  });

  it("of more shards than one commit takes is made whole", async () => {
    const world = kitchen({ items: 1, shards: 850 });
    const { id } = await world.start();
    const [first] = deps.publisher.waiting;
    if (first === undefined) throw new Error("nothing was published");
    await world.deliver(first);
    const shards = await collectionRef(deps.stores, "shards", { tenantId: world.tenantId, jobId: id }).count().get();
    expect(shards.data().count).toBe(850);
    expect(await world.job(id)).toMatchObject({ openShards: 850, fanOut: { shards: 850, lanes: 8 } });
  });

  it("of too many shards fails in words", async () => {
    const world = kitchen({ items: 1, shards: 2_001 });
    const { id } = await world.start();
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "failed", failure: { code: "input-too-large" } });
  });

  it("moves on once, when its last two shards end together", async () => {
    const world = kitchen({ items: 1, shards: 8 });
    const { id } = await world.start();
    const [first] = deps.publisher.waiting;
    if (first === undefined) throw new Error("nothing was published");
    await world.deliver(first);
    await Promise.all([...deps.publisher.waiting, ...deps.publisher.waiting].map((message) => world.deliver(message)));
    const job = await world.job(id);
    expect(job).toMatchObject({ step: "rest", openShards: 0, counts: { items: 1, parts: 16 } });
    expect(await world.untilEnd(id)).toMatchObject({ state: "done", counts: { items: 1, parts: 16, finishes: 1 } });
  });

  it("of one tenant lets another's job through after one short turn of each lane", async () => {
    const runShard: JobStep<TestDeps>["runShard"] = async (_deps, run) => {
      const page = Number(run.cursor?.page);
      deps.clock.advance(6);
      return page < 9 ? { next: { page: page + 1 } } : { done: true };
    };
    const kind: JobKind<TestDeps> = {
      ...oneStep(async (_deps, run) =>
        run.job.id === "big" ? { fanOut: Array.from({ length: 40 }, () => ({ page: 0 })) } : { done: true },
      ),
    };
    const [step] = kind.steps;
    const big = jobWorld(deps, "big", () => ({ ...kind, steps: [{ ...step, runShard }] }));
    const small = jobWorld(deps, "small", () => kind);
    await big.start({ id: "big", priority: priorities.background });
    const [first] = deps.publisher.waiting;
    if (first === undefined) throw new Error("nothing was published");
    await big.deliver(first);
    const { createdAt } = await small.start({ id: "small" });
    for (let message = deps.publisher.waiting[0]; message !== undefined; message = deps.publisher.waiting[0]) {
      await big.deliver(message);
      if ((await small.job("small")).state === "done") break;
    }
    const waited = (deps.clock.now().getTime() - createdAt.getTime()) / 1000;
    // One worker, and four lanes before it, each for two runs of six seconds.
    expect(waited).toBe(48);
    expect(await big.job("big")).toMatchObject({ openShards: 40 });
  });

  it("fails its job with a shard's reason; a retry runs only what is not done", async () => {
    let broken = true;
    const world = jobWorld(deps, "shards", (act) => {
      const whole = kitchenKind(act, { items: 1, shards: 10 }, deps.clock.now);
      const spread: JobStep<TestDeps> = {
        ...whole.steps[0],
        name: "spread",
        run: async () => ({ fanOut: Array.from({ length: 10 }, (_, part) => ({ part })) }),
        async runShard(_deps, run) {
          if (broken && run.cursor?.part === 4) throw new AppError("document-malformed", "document d4 cannot be read");
          await act(run, `part-${run.cursor?.part}`);
          return { done: true, counts: { parts: 1 } };
        },
      };
      return { ...whole, steps: [spread] };
    });
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    await world.deliverAll();
    const failed = await world.job(id);
    expect(failed).toMatchObject({ state: "failed", failure: { code: "document-malformed", retryable: true } });
    broken = false;
    await retryJob(deps, world.tenantId, id, member);
    expect(await world.untilEnd(id)).toMatchObject({ state: "done", counts: { parts: 10 }, openShards: 0 });
    expect(world.effects.map(({ name }) => name).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `part-${n}`));
  });
});

describe("a shard", () => {
  /** Starts a job of twelve shards in four lanes, and delivers the message that makes them. */
  async function spread(world: ReturnType<typeof kitchen>): Promise<string> {
    const { id } = await world.start({ priority: priorities.background });
    const [first] = deps.publisher.waiting;
    if (first === undefined) throw new Error("nothing was published");
    await world.deliver(first);
    return id;
  }

  it("that could not publish the next of its lane does so when its message comes again", async () => {
    const world = kitchen({ items: 1, shards: 12 });
    const id = await spread(world);
    deps.publisher.failNext("before");
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ step: "rest", counts: { parts: 24 } });
  });

  it("whose message was lost between two of its lane is found by the resumer", async () => {
    const world = kitchen({ items: 1, shards: 12 });
    const id = await spread(world);
    for (const message of [...deps.publisher.waiting]) await world.deliver(message);
    expect(deps.publisher.waiting.map(({ payload }) => payload.shardId)).toEqual(
      [4, 5, 6, 7].map((n) => `spread.${n}`),
    );
    deps.publisher.waiting.length = 0;
    deps.clock.advance(61);
    await resumeStalledJobs(deps);
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ step: "rest", counts: { parts: 24 } });
  });

  it("does nothing once its job was cancelled, and the resumer forgets it", async () => {
    const world = kitchen({ items: 1, shards: 12 });
    await createTenantKeys(deps, world.tenantId);
    const id = await spread(world);
    await cancelJob(deps, world.tenantId, id, member, world.kind.isCancellable);
    await world.deliverAll();
    expect(world.effects.map(({ name }) => name)).toEqual(["list.0"]);
    deps.clock.advance(300);
    await resumeStalledJobs(deps);
    await world.deliverAll();
    deps.clock.advance(300);
    await resumeStalledJobs(deps);
    expect(deps.publisher.waiting).toEqual([]);
    expect(world.effects).toHaveLength(1);
  });

  it("that was given up has all its attempts again after a retry", async () => {
    let failures = 12;
    const world = jobWorld(deps, "shardfails", (act) => {
      const whole = kitchenKind(act, { items: 1, shards: 1 }, deps.clock.now);
      const runShard: JobStep<TestDeps>["runShard"] = async () => {
        failures -= 1;
        if (failures >= 0) throw new AppError("model-unavailable", "model m could not be reached");
        return { done: true };
      };
      return { ...whole, steps: [{ name: "only", run: async () => ({ fanOut: [{ part: 1 }] }), runShard }] };
    });
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    await world.deliverAll();
    const [dead] = deps.publisher.dead;
    await giveUpJob(deps, deadMessage.parse(dead?.payload));
    expect(await world.job(id)).toMatchObject({ state: "failed", failure: { code: "model-unavailable" } });
    await putAway(world);
    await retryJob(deps, world.tenantId, id, member);
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "done", retries: 1 });
  });

  it("whose job is gone is deleted, not run", async () => {
    const world = kitchen({ items: 1, shards: 2 });
    const id = await spread(world);
    await documentRef(deps.stores, "jobs", { tenantId: world.tenantId, jobId: id }).delete();
    await world.deliverAll();
    const shards = await collectionRef(deps.stores, "shards", { tenantId: world.tenantId, jobId: id }).get();
    expect(shards.size).toBe(0);
  });
});

/** Lets the resumer find a job that was given up, and its kind put away what it made. */
async function putAway(world: JobWorld): Promise<void> {
  deps.clock.advance(61);
  await resumeStalledJobs(deps);
  await world.deliverAll();
}

describe("a long step without a cursor", () => {
  it("keeps its lease for as long as it says that it lives, and is not taken over", async () => {
    let taken = 0;
    const world = jobWorld(deps, "longsteps", (act) =>
      oneStep(async (_deps, run) => {
        taken += 1;
        for (let minute = 0; minute < 5; minute += 1) {
          deps.clock.advance(60);
          await run.keepLease();
          await resumeStalledJobs(deps);
        }
        await act(run, "after");
        return { done: true };
      }),
    );
    const { id } = await world.start();
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "done" });
    expect([taken, world.effects.length]).toEqual([1, 1]);
  });

  it("stops where its job was cancelled", async () => {
    let stoppedAt: unknown;
    let cancel: () => Promise<unknown> = async () => undefined;
    const world = jobWorld(deps, "longcancel", () =>
      oneStep(async (_deps, run) => {
        await cancel();
        deps.clock.advance(31);
        await run.keepLease().catch((error: unknown) => {
          stoppedAt = error;
          throw error;
        });
        return { done: true };
      }),
    );
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    cancel = () => cancelJob(deps, world.tenantId, id, member, () => true);
    await world.deliverAll();
    expect(stoppedAt).toMatchObject({ code: "job-conflict" });
    expect(await world.job(id)).toMatchObject({ state: "cancelled" });
  });
});

describe("a kind that puts away what its jobs made", () => {
  const away = (world: string, fails: () => boolean) => {
    const seen: string[] = [];
    const made = jobWorld(deps, world, () => {
      const first: JobStep<TestDeps> = { name: "first", run: async () => ({ done: true, counts: { pages: 1 } }) };
      const second: JobStep<TestDeps> = {
        name: "second",
        run: () =>
          fails()
            ? Promise.reject(new AppError("document-malformed", "document d cannot be read"))
            : Promise.resolve({ done: true }),
      };
      const ended = async (_deps: TestDeps, job: Job) => void seen.push(job.state);
      return { ...oneStep(async () => ({ done: true })), steps: [first, second], ended };
    });
    return { world: made, seen };
  };

  it("is asked once a job has failed, and a retry begins at the first step", async () => {
    let broken = true;
    const { world, seen } = away("putsaway", () => broken);
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    await world.deliverAll();
    expect(seen).toEqual(["failed"]);
    expect(await world.job(id)).toMatchObject({
      state: "failed",
      step: "first",
      counts: {},
      failure: { step: "second" },
    });
    broken = false;
    await retryJob(deps, world.tenantId, id, member);
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "done", counts: { pages: 1 } });
    expect(seen).toEqual(["failed"]);
  });

  it("is asked when a job is cancelled, and again once nobody can be at work on it", async () => {
    const { world, seen } = away("putsawaytwice", () => true);
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    deps.publisher.waiting.length = 0;
    await cancelJob(deps, world.tenantId, id, member, () => true);
    await world.deliverAll();
    expect(seen).toEqual(["cancelled"]);
    deps.clock.advance(91);
    await resumeStalledJobs(deps);
    await world.deliverAll();
    deps.clock.advance(300);
    await resumeStalledJobs(deps);
    await world.deliverAll();
    expect(seen).toEqual(["cancelled", "cancelled"]);
  });
});

describe("staff", () => {
  it("cancel a job where its kind allows, and its running step notices", async () => {
    let cancel: (() => Promise<unknown>) | undefined;
    const world = jobWorld(deps, "cancels", (act) =>
      oneStep(async (_deps, run) => {
        await cancel?.();
        await act(run, "after");
        return { done: true };
      }),
    );
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    cancel = () => cancelJob(deps, world.tenantId, id, member, () => true);
    await world.deliverAll();
    expect(await world.job(id)).toMatchObject({ state: "cancelled", finishedAt: deps.clock.now() });
    expect(world.effects).toEqual([]);
    await cancel();
    expect(await auditActions(world.tenantId)).toEqual(["job-cancelled"]);
    await expect(retryJob(deps, world.tenantId, id, member)).rejects.toMatchObject({ code: "job-not-retryable" });
  });

  it("do not cancel what may not be cancelled, nor retry what is done", async () => {
    const world = kitchen({ items: 1, shards: 0 });
    await createTenantKeys(deps, world.tenantId);
    const { id } = await world.start();
    const never = () => false;
    await expect(cancelJob(deps, world.tenantId, id, member, never)).rejects.toMatchObject({
      code: "job-not-cancellable",
    });
    await world.untilEnd(id);
    await expect(retryJob(deps, world.tenantId, id, member)).rejects.toMatchObject({ code: "job-not-retryable" });
    await expect(retryJob(deps, world.tenantId, "nobody", member)).rejects.toMatchObject({ code: "not-found" });
    expect(await auditActions(world.tenantId)).toEqual([]);
  });

  it("who click twice start one job", async () => {
    const world = kitchen();
    await createTenantKeys(deps, world.tenantId);
    const start = () =>
      startJob(
        deps,
        {
          id: "same",
          tenantId: world.tenantId,
          kind: "retention",
          targets: {},
          priority: priorities.background,
          requestedBy: member,
          createdAt: deps.clock.now(),
        },
        { action: "export-requested", actor: member, outcome: "success" },
      );
    const [a, b] = await Promise.all([start(), start()]);
    expect(a).toEqual(b);
    expect(await auditActions(world.tenantId)).toEqual(["export-requested"]);
    expect(await world.untilEnd("same")).toMatchObject({ state: "done" });
    await start();
    expect(deps.publisher.waiting).toEqual([]);
  });

  it("see a tenant's jobs newest first, page by page, and no other tenant's", async () => {
    const world = kitchen();
    const neighbor = jobWorld(deps, "neighbor", (act) => kitchenKind(act, { items: 1, shards: 0 }, deps.clock.now));
    await neighbor.start({ id: "theirs" });
    for (const id of ["j1", "j2", "j3"]) await world.start({ id });
    deps.clock.advance(60);
    await world.start({ id: "j4" });
    const first = await listJobs(deps.stores, world.tenantId, { limit: 3 });
    expect(first.jobs.map(({ id }) => id)).toEqual(["j4", "j3", "j2"]);
    const second = await listJobs(deps.stores, world.tenantId, { limit: 3, cursor: first.nextCursor });
    expect(second.jobs.map(({ id }) => id)).toEqual(["j1"]);
    expect(second.nextCursor).toBeUndefined();
    expect(await findJob(deps.stores, world.tenantId, "theirs")).toBeUndefined();
    await expect(listJobs(deps.stores, world.tenantId, { limit: 3, cursor: "j4" })).rejects.toMatchObject({
      code: "input-invalid",
    });
  });
});

describe("the resumer", () => {
  it("publishes what was saved and never published, of every tenant, and nothing that goes well", async () => {
    const one = kitchen();
    const two = jobWorld(deps, "neighbor", (act) => kitchenKind(act, { items: 1, shards: 0 }, deps.clock.now));
    await one.start({ id: "lost" });
    await two.start({ id: "lost" });
    deps.publisher.waiting.length = 0;
    await resumeStalledJobs(deps);
    expect(deps.publisher.waiting).toEqual([]);
    deps.clock.advance(61);
    await resumeStalledJobs(deps);
    expect(deps.publisher.waiting.map(({ payload }) => payload.tenantId).sort()).toEqual(
      [one.tenantId, two.tenantId].sort(),
    );
    // The next sweep leaves time for these messages.
    await resumeStalledJobs(deps);
    expect(deps.publisher.waiting).toHaveLength(2);
  });

  it("publishes interactive jobs before background ones that are longer due", async () => {
    const world = kitchen();
    for (let n = 0; n < 15; n += 1) await world.start({ id: `b${n}`, priority: priorities.background });
    deps.clock.advance(10);
    await world.start({ id: "i1" });
    deps.publisher.waiting.length = 0;
    deps.clock.advance(61);
    await resumeStalledJobs(deps);
    const order = deps.publisher.waiting.map(({ payload }) => payload.jobId);
    // Ten at a time, in no order among themselves.
    expect(order.slice(0, 10)).toContain("i1");
    expect(order).toHaveLength(16);
  });

  it("goes through more than one page", async () => {
    const world = kitchen();
    await Promise.all(Array.from({ length: 230 }, (_, n) => world.start({ id: `job-${n}` })));
    deps.publisher.waiting.length = 0;
    deps.clock.advance(61);
    await resumeStalledJobs(deps);
    expect(new Set(deps.publisher.waiting.map(({ payload }) => payload.jobId)).size).toBe(230);
  });

  it("sets a lane going again whose holder died, at the shard that was lost", async () => {
    const world = kitchen({ items: 1, shards: 12 });
    const { id } = await world.start();
    const [first] = deps.publisher.waiting;
    if (first === undefined) throw new Error("nothing was published");
    await world.deliver(first);
    // Every message of the shards is lost.
    deps.publisher.waiting.length = 0;
    expect(await world.untilEnd(id)).toMatchObject({ state: "done", counts: { parts: 24 } });
  });
});
