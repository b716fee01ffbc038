import { setTimeout as sleep } from "node:timers/promises";
import type { DocumentSnapshot } from "@google-cloud/firestore";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { advanceClock } from "../support/browser-cloud.ts";
import { type ForkedCloud, instances } from "./forked-cloud.ts";

/** Beyond a lease, a wait for caches and the resumer's grace: one leap makes everything due that waits. */
const leapSeconds = 420;
/**
 * How long what fell due may take to begin: a cold start or two, and the locks of a transaction that died. A leap meanwhile
 * would only start more that waits for the same locks.
 */
const beginsWithinMs = 25_000;

/** How long a job does not move before it counts as dead or waiting. */
const stillMs = 1_500;

/** When the clock leapt last: one leap serves every job. */
let leaptAtMs = Number.NEGATIVE_INFINITY;

/** Processes that were killed: the cloud may list one for a moment longer, and two jobs may have the same function. */
const dead = new Set<number>();

/** A job under way, and where the function that works on it is killed, once each. */
export interface DoomedJob {
  tenantId: string;
  jobId: string;
  functionName: string;
  /** Steps, or `step collection` where a step goes from one collection to the next. */
  fatal: readonly string[];
}

/**
 * Sees a job to its end, and kills its function as soon as the job is seen at a fatal place: claimed, or at work in shards.
 * After each kill, and while the job waits, the clock leaps.
 *
 * @throws Error when the job fails, or when it left more than one fatal place too quickly to be killed there.
 */
export async function killAlong({ report, deps }: ForkedCloud, job: DoomedJob): Promise<void> {
  const { tenantId, jobId, functionName, fatal } = job;
  const killed: string[] = [];
  /** Ends the function without a word, as a machine that fails does. */
  const killAt = async (place: string) => {
    const instance = (await instances(report)).find((one) => one.functionName === functionName);
    if (instance === undefined || dead.has(instance.pid) || killed.includes(place)) return;
    process.kill(instance.pid, "SIGKILL");
    dead.add(instance.pid);
    killed.push(place);
  };
  const stopWatching = documentRef(deps.stores, "jobs", { tenantId, jobId }).onSnapshot((seen) => {
    const place = fatal.find((one) => isAt(seen, one));
    if (place !== undefined) void killAt(place);
  });
  try {
    let still = { at: "", sinceMs: 0 };
    // The last step of some jobs deletes their record.
    for (let seen = await find(); seen !== undefined && seen.state !== "done"; seen = await find()) {
      if (seen.failure !== undefined) throw new Error(`the job failed: ${JSON.stringify(seen.failure)}`);
      const [at, nowMs] = [`${seen.revision} ${killed.length}`, performance.now()];
      if (at !== still.at) still = { at, sinceMs: nowMs };
      const needsLeap = seen.state === "waiting" || killed.length > 0;
      const hasLeapt = leaptAtMs > still.sinceMs && nowMs < leaptAtMs + beginsWithinMs;
      // A moment's stillness: a job that works on saves many times a second.
      if (needsLeap && !hasLeapt && nowMs > still.sinceMs + stillMs) {
        leaptAtMs = nowMs;
        await advanceClock(report, leapSeconds);
      }
      await sleep(250);
    }
  } finally {
    stopWatching();
  }
  if (killed.length < fatal.length - 1) throw new Error(`killed only at ${killed.join()}`);

  function find() {
    return findJob(deps.stores, tenantId, jobId);
  }
}

function isAt(job: DocumentSnapshot, place: string): boolean {
  const [step, collection] = place.split(" ");
  if (job.get("lease") === undefined && !(job.get("openShards") > 0)) return false;
  return job.get("step") === step && (collection === undefined || job.get("cursor.collection") === collection);
}
