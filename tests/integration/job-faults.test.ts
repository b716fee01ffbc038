import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Job, priorities } from "../../functions/src/jobs/job.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { faultyStores, type WriteFault } from "../fakes/faulty-stores.ts";
import { jobWorld, kitchenKind } from "../support/job-world.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const sizes = { items: 2, shards: 2 };
/** The five minutes that the job waits, in the two-minute steps in which a test lets time pass. */
const restSeconds = 3 * 121;
const open: TestDeps[] = [];

/** A world with databases of its own, since the resumer looks at every tenant of a region. */
function world() {
  const own = testDeps();
  open.push(own);
  const faulty = faultyStores(own.stores);
  const deps: TestDeps = { ...own, stores: faulty.stores };
  return { ...jobWorld(deps, "faults", (act) => kitchenKind(act, sizes, deps.clock.now)), faulty };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

type World = ReturnType<typeof world>;

function secondsOf(job: Job): number {
  return ((job.finishedAt ?? job.createdAt).getTime() - job.createdAt.getTime()) / 1000;
}

/** What must hold when the job has ended, whatever went wrong on the way. */
function checkJob(job: Job, { effects, deps }: World): void {
  // Counts are added in the save that advances the cursor: exactly once, though a step may have run twice.
  expect(job).toMatchObject({ state: "done", counts: { items: 2, parts: 4, finishes: 1 }, openShards: 0 });
  expect(job.lease).toBeUndefined();
  expect(job.wakeAt).toBeUndefined();
  const names = effects.map(({ name }) => name);
  const parts = Array.from({ length: sizes.shards }, (_, part) => [`part-${part}.1`, `part-${part}.2`]).flat();
  expect([...new Set(names)].sort()).toEqual(["finish", "list.0", "list.1", ...parts].sort());
  // No step acts once another one has begun: what is fenced comes in order.
  const stages = names.map((name) => (name.startsWith("list") ? 0 : name.startsWith("part") ? 1 : 2));
  expect(stages).toEqual([...stages].sort());
  expect(deps.publisher.dead).toEqual([]);
}

describe("a job whose write goes wrong", () => {
  it("is made of this many writes and messages", async () => {
    const plain = world();
    const { id } = await plain.start();
    checkJob(await plain.untilEnd(id), plain);
    // The lists below go through all of them: a number that grows must grow there too.
    expect(plain.faulty.writes).toBe(writes);
    expect(plain.deps.publisher.published).toHaveLength(messages);
  });

  const writes = 24;
  const messages = 5;
  const everyWrite = Array.from({ length: writes }, (_, index) => index + 1);
  const faults: WriteFault[] = ["before", "after", "again"];

  it.each(faults)("finishes, each thing counted once, whichever write fails: %s", async (fault) => {
    for (const nth of everyWrite) {
      const broken = world();
      broken.faulty.failAt(nth, fault);
      const started = await broken.start({ id: "job" }).catch(() => undefined);
      // A use case whose only transaction failed made no job, or answers with an error beside one that is durable.
      if (started === undefined && nth === 1 && fault === "before") continue;
      const job = await broken.untilEnd("job");
      checkJob(job, broken);
      // A write that the client library repeats knows its own: nobody has to wait for a lease to run out.
      if (fault === "again" && nth > 1) expect(secondsOf(job)).toBe(restSeconds);
    }
  });

  it.each(["before", "after"] as const)("finishes, whichever message fails: %s it is published", async (fault) => {
    for (let nth = 1; nth <= messages; nth += 1) {
      const broken = world();
      const { publisher } = broken.deps;
      const publish = publisher.publish.bind(publisher);
      let count = 0;
      broken.deps.publisher.publish = async (topic, payload) => {
        count += 1;
        if (count === nth) publisher.failNext(fault);
        return publish(topic, payload);
      };
      await broken.start({ id: "job" }).catch(() => undefined);
      checkJob(await broken.untilEnd("job"), broken);
    }
  });
});

describe("two workers with the same messages", () => {
  it("finish the job once, in any order, with duplicates, lost messages and leases that run out", async () => {
    const moves = fc.array(
      fc.record({
        first: fc.nat(),
        second: fc.nat(),
        duplicate: fc.boolean(),
        lose: fc.nat(9),
        pass: fc.constantFrom(0, 0, 5, 95),
        fault: fc.option(fc.constantFrom<WriteFault>("before", "after", "again"), { freq: 4 }),
      }),
      { minLength: 8, maxLength: 16 },
    );
    await fc.assert(
      fc.asyncProperty(moves, fc.constantFrom(...Object.values(priorities)), async (schedule, priority) => {
        const both = world();
        const { waiting } = both.deps.publisher;
        await both.start({ id: "job", priority });
        for (const move of schedule) {
          if (move.fault !== null) both.faulty.failAt(both.faulty.writes + 2, move.fault);
          const one = waiting[move.first % Math.max(waiting.length, 1)];
          if (one !== undefined && move.duplicate) waiting.push({ ...one });
          const other = waiting[move.second % Math.max(waiting.length, 1)];
          if (one !== undefined && move.lose === 0) waiting.splice(waiting.indexOf(one), 1);
          const deliveries = [one, other === one ? undefined : other].flatMap((message) =>
            message === undefined ? [] : [both.deliver(message)],
          );
          // The clock moves while both are at work, so that one may lose its lease to the other.
          both.deps.clock.advance(move.pass);
          await Promise.all(deliveries);
          if (waiting.length === 0) await resumeStalledJobs(both.deps).catch(() => undefined);
        }
        checkJob(await both.untilEnd("job"), both);
      }),
      { numRuns: 8 },
    );
  });
});
