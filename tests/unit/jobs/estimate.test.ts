import { expect, it } from "@jest/globals";
import { estimate, progressOf } from "../../../functions/src/jobs/estimate.ts";
import type { Job } from "../../../functions/src/jobs/job.ts";

const start = new Date("2025-01-15T12:00:00Z");
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);

function job(change: Partial<Job> = {}): Job {
  return {
    id: "id-1",
    tenantId: "lethe_eu_tenant_bakery0000000000",
    kind: "export",
    state: "running",
    step: "read",
    revision: 5,
    targets: {},
    counts: { documents: 250 },
    total: 1_000,
    priority: 0,
    attempts: 0,
    retries: 0,
    openShards: 0,
    requestedBy: { kind: "member", id: "uid1" },
    createdAt: start,
    startedAt: start,
    updatedAt: at(50),
    ...change,
  };
}

it("estimates the rest at the pace so far, less what has passed since the last save", () => {
  expect(estimate(job(), at(50))).toEqual({ done: 250, total: 1_000, remainingSeconds: 150 });
  expect(estimate(job(), at(60))).toEqual({ done: 250, total: 1_000, remainingSeconds: 140 });
});

it("never promises that the rest takes no time", () => {
  expect(estimate(job({ counts: { documents: 999 }, updatedAt: at(10) }), at(40))?.remainingSeconds).toBe(1);
});

it.each<[string, Partial<Job>, number]>([
  ["nothing is known of how much there is", { total: undefined }, 50],
  ["hardly anything is done", { counts: { documents: 19 } }, 50],
  ["it has worked for less than ten seconds", { updatedAt: at(9) }, 9],
  ["nobody has saved for longer than a lease", {}, 141],
  ["it waits", { state: "waiting" }, 50],
  ["it has failed", { state: "failed" }, 50],
  ["it is done", { state: "done" }, 50],
  ["it stood still before a retry, for how long nobody knows", { retries: 1 }, 50],
  ["the counted part is over, and others may follow", { counts: { documents: 1_000 } }, 50],
  ["it has not begun", { startedAt: undefined }, 50],
])("says nothing when %s", (_when, change, seconds) => {
  expect(estimate(job(change), at(seconds))).toBeUndefined();
});

it("counts everything together, or the one count that the total is the goal of", () => {
  const counts = { documents: 200, bytes: 70_000 };
  expect(progressOf(job({ counts, totalOf: "documents" }))).toEqual({ done: 200, total: 1_000 });
  expect(progressOf(job({ counts }))).toEqual({ done: 1_000, total: 1_000 });
  expect(progressOf(job({ counts, totalOf: "files" }))).toEqual({ done: 0, total: 1_000 });
});
