import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Job, JobStep } from "../../../functions/src/jobs/job.ts";
import {
  afterRun,
  claimed,
  completed,
  failed,
  fannedOut,
  finished,
  isHeld,
  notBegun,
  released,
  retried,
  saved,
  shardDone,
  stepDone,
  stepNamed,
  waiting,
} from "../../../functions/src/jobs/transitions.ts";

const now = new Date("2025-01-15T12:00:00Z");
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const step = (name: string, formerNames: string[] = []): JobStep<unknown> => ({
  name,
  formerNames,
  run: async () => ({ done: true }),
});
const steps = [step("first", ["one"]), step("second"), step("third")];
const job: Job = {
  id: "id-1",
  tenantId: "lethe_eu_tenant_bakery0000000000",
  kind: "export",
  state: "queued",
  step: "first",
  revision: 1,
  targets: {},
  counts: { pages: 2 },
  priority: 0,
  attempts: 0,
  retries: 0,
  openShards: 0,
  wakeAt: at(60),
  requestedBy: { kind: "member", id: "uid1" },
  createdAt: now,
  updatedAt: now,
};
const held = claimed(job, "id-2", now);

describe("a claim", () => {
  it("is a lease of 90 seconds whose end is when somebody should look", () => {
    expect(held).toMatchObject({ state: "running", attempts: 1, lease: { holder: "id-2", expiresAt: at(90) } });
    expect(held.wakeAt).toEqual(at(90));
    expect(isHeld(held, at(89.9))).toBe(true);
    expect(isHeld(held, at(90))).toBe(false);
  });

  it("has a higher token than every one before, whatever happened between", () => {
    const happenings = fc.array(fc.constantFrom("claim", "save", "yield", "release", "wait", "retry", "fan"));
    fc.assert(
      fc.property(happenings, (names) => {
        let current = job;
        let highest = 0;
        for (const name of names) {
          const before = current;
          if (name === "claim") current = claimed(current, "id-3", now);
          if (name === "save") current = saved(current, { cursor: undefined }, "keep", now);
          if (name === "yield") current = saved(current, { cursor: undefined }, "yield", now);
          if (name === "release") current = released(current, "bug", now);
          if (name === "wait") current = waiting(current, { cursor: undefined }, at(10), now);
          if (name === "retry") current = retried(current, now);
          if (name === "fan") current = fannedOut(current, 3, 2, {}, now);
          expect(current.revision).toBe(before.revision + 1);
          if (name !== "claim") continue;
          expect(current.lease?.token).toBeGreaterThan(highest);
          highest = current.lease?.token ?? 0;
        }
      }),
    );
  });
});

describe("a save", () => {
  it("renews the lease under the same token, adds the counts and forgets the failed tries", () => {
    const tried = { ...held, attempts: 3, lastError: { code: "bug", at: now } };
    const next = saved(tried, { cursor: { page: 3 }, counts: { pages: 1, files: 5 } }, "keep", at(30));
    expect(next).toMatchObject({
      lease: { token: held.lease?.token, expiresAt: at(120) },
      counts: { pages: 3, files: 5 },
      cursor: { page: 3 },
      attempts: 0,
    });
    expect(next.lastError).toBeUndefined();
    expect(next.wakeAt).toEqual(at(120));
  });

  it("that yields leaves the job to whoever gets the next message", () => {
    const next = saved(held, { cursor: { page: 3 } }, "yield", now);
    expect(next).toMatchObject({ state: "queued", wakeAt: at(60) });
    expect(next.lease).toBeUndefined();
  });

  it("never leaves unfinished work without a time at which somebody looks", () => {
    const done = () => stepDone(held, steps, {}, "yield", now);
    for (const result of [{ next: { a: 1 } }, { done: true }, { waitUntil: at(5) }, { waitUntil: now }] as const) {
      for (const after of ["keep", "yield"] as const) {
        expect(afterRun(held, result, after, now, done).wakeAt).toBeInstanceOf(Date);
      }
    }
    expect(released(held, "bug", now).wakeAt).toEqual(at(180));
    expect(retried(failed(held, { code: "bug", reason: "", step: "first", retryable: true }, now), now).wakeAt).toEqual(
      at(60),
    );
  });

  it("keeps the cursor of a step that waits without naming another", () => {
    const there = { ...held, cursor: { page: 7 } };
    expect(afterRun(there, { waitUntil: at(5) }, "keep", now, () => there)).toMatchObject({
      state: "waiting",
      cursor: { page: 7 },
      runAfter: at(5),
      wakeAt: at(5),
    });
  });
});

describe("the end of a step", () => {
  it("is the beginning of the next one, without its cursor", () => {
    const next = stepDone({ ...held, cursor: { page: 9 } }, steps, { pages: 1 }, "keep", now);
    expect(next).toMatchObject({ step: "second", state: "running", counts: { pages: 3 } });
    expect(next.cursor).toBeUndefined();
  });

  it("is the end of the job after the last one", () => {
    const next = stepDone({ ...held, step: "third" }, steps, { pages: 1 }, "keep", now);
    expect(next).toMatchObject({ state: "done", counts: { pages: 3 }, finishedAt: now });
    expect([next.lease, next.wakeAt]).toEqual([undefined, undefined]);
  });

  it("of a renamed step leads to the step after it, never back to the first", () => {
    expect(stepDone({ ...held, step: "one" }, steps, {}, "keep", now).step).toBe("second");
    expect(() => stepDone({ ...held, step: "gone" }, steps, {}, "keep", now)).toThrow(
      expect.objectContaining({ code: "step-unknown" }),
    );
  });

  it("of a shard moves the job on only when it is the last", () => {
    const out = fannedOut(held, 2, 8, { pages: 1 }, now);
    expect(out).toMatchObject({ state: "running", openShards: 2, fanOut: { shards: 2, lanes: 8 } });
    expect([out.lease, out.wakeAt]).toEqual([undefined, undefined]);
    const one = shardDone(out, { parts: 4 }, steps, now);
    expect(one).toMatchObject({ step: "first", openShards: 1, counts: { pages: 3, parts: 4 } });
    const two = shardDone(one, { parts: 5 }, steps, now);
    expect(two).toMatchObject({ step: "second", state: "queued", openShards: 0, counts: { pages: 3, parts: 9 } });
    expect(two.fanOut).toBeUndefined();
  });
});

describe("a step's name", () => {
  it("finds the step, also under a former name, and the first one before anything began", () => {
    expect(stepNamed(steps, "second")?.name).toBe("second");
    expect(stepNamed(steps, "one")?.name).toBe("first");
    expect(stepNamed(steps, notBegun)?.name).toBe("first");
    expect(stepNamed(steps, "gone")).toBeUndefined();
  });

  it("that one step has today is not taken for another's former one", () => {
    const swapped = [step("second", ["third"]), step("third")];
    expect(stepNamed(swapped, "third")?.name).toBe("third");
  });
});

describe("a retry", () => {
  it("goes on from the failed step and cursor, with every attempt again", () => {
    const broken = failed(
      { ...held, cursor: { page: 4 }, attempts: 10 },
      { code: "bug", reason: "", step: "first", retryable: true },
      now,
    );
    const again = retried(broken, at(5));
    expect(again).toMatchObject({ state: "queued", step: "first", cursor: { page: 4 }, attempts: 0, retries: 1 });
    expect([again.failure, again.finishedAt]).toEqual([undefined, undefined]);
  });

  it("of a fanned-out job leaves the work to its shards", () => {
    const out = failed(
      fannedOut(held, 4, 2, {}, now),
      { code: "bug", reason: "", step: "first", retryable: true },
      now,
    );
    expect(retried(out, now)).toMatchObject({ state: "running", openShards: 4, fanOut: { shards: 4 } });
  });
});

it("finished work is nobody's, and nobody needs to look at it", () => {
  for (const ended of [finished(held, "cancelled", now), completed(held, { pages: 1 }, now)]) {
    expect([ended.lease, ended.wakeAt, ended.runAfter, ended.finishedAt]).toEqual([
      undefined,
      undefined,
      undefined,
      now,
    ]);
  }
});
