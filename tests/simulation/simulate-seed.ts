import { createHash, type Hash } from "node:crypto";
import { Timestamp } from "@google-cloud/firestore";
import type { Job } from "../../functions/src/jobs/job.ts";
import { retryJob } from "../../functions/src/jobs/retry-job.ts";
import { savePlace } from "../../functions/src/orphans/store.ts";
import { sweepOrphans } from "../../functions/src/orphans/sweep-orphans.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import { runNow } from "../fakes/memory-firestore/memory-firestore.ts";
import { check, contentBefore, watchDeletions } from "./invariants.ts";
import { checkLeft, insistOnLeaving, type Leaver, leaverActs, openLeaver } from "./leaver.ts";
import { type FaultRates, killed, type Process, startProcess, step } from "./processes.ts";
import { watchPurges } from "./purge-watch.ts";
import { type Random, random } from "./random.ts";
import { type Message, type SimulatedRegion, simulatedRegion } from "./region.ts";
import { type Act, acts, type Cast, insist, prologue } from "./story.ts";
import { handle, isSkewed, type JobKinds, jobKinds, maxAttempts, nextVersion, schedules } from "./workers.ts";

/** What one seed came to. */
export interface SeedOutcome {
  seed: number;
  steps: number;
  faults: number;
  failures: string[];
  /** Digest of every step in its order: equal only for stories that went the same way. */
  trace: string;
}

/** What a test changes in a story, to see that the invariants find it. */
export interface SeedOptions {
  kinds?: JobKinds;
  /** What a deployment puts in their place. */
  deployed?: (kinds: JobKinds) => JobKinds;
  /** Further clients. */
  also?: (cast: Cast) => Act[];
}

const calm: FaultRates = { before: 0, after: 0, kill: 0 };
/** Virtual time during which faults happen. */
const stormMs = 40 * 60_000;
/** How long a story with guests goes on: the purge of each day runs, whatever its hour. */
const daysMs = 40 * 3_600_000;
/** Virtual time after which a story must have ended. */
const endMs = 80 * 3_600_000;
/** How far the clock of an instance is off at most, either way, that purges and that does anything else. */
const skewsMs = { purging: 24 * 3_600_000, usual: 2_000 };
/** How long two versions run side by side. */
const rolloutMs = 3 * 60_000;
/** In every so-manieth story another business closes its account. */
const leaverEvery = 5;
const stepLimit = 60_000;
/** How often a person has a failed job tried again before asking for help. */
const retryLimit = 5;
const most = 3;

/**
 * Everything that can go on without the world has gone on: ticks run when no microtask is left.
 * A turn of the event loop would ask the operating system as well, which took a third of a story's time.
 */
const settle = () => new Promise<void>((resolve) => process.nextTick(resolve));
/** One turn of the event loop, for what waits on more than promises. */
const loopTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Stage {
  region: SimulatedRegion;
  choices: Random;
  processes: Process[];
  startMs: number;
  untilMs: number;
  rates: FaultRates;
  /** What Cloud Scheduler calls in this story: accounts are swept where one goes. */
  schedules: typeof schedules;
  nextRuns: Map<string, number>;
  callers: { name: string; dueMs: number; work: (deps: Deps) => Promise<void> }[];
  kinds: JobKinds;
  deployed: JobKinds;
  /** When the next version is deployed, which then shares the messages with this one for a while; never in most stories. */
  deployMs: number;
  trace: Hash;
}

/**
 * Plays one story: two people, writes, exports and an erasure by clients, jobs on workers that are killed, cut off,
 * delayed and doubled, on a virtual clock. The same seed plays the same story.
 */
export async function simulateSeed(seed: number, options: SeedOptions = {}): Promise<SeedOutcome> {
  const region = simulatedRegion(seed);
  const print = console.log;
  console.log = (line: unknown) => {
    region.logged.push(String(line));
    if (process.env.LETHE_TEST_LOGS === "1") print(line);
  };
  try {
    return await tell(seed, region, options);
  } finally {
    console.log = print;
    region.end();
  }
}

async function tell(seed: number, region: SimulatedRegion, options: SeedOptions): Promise<SeedOutcome> {
  const choices = random(seed);
  const operator = region.instance(runNow);
  const cast = await prologue(region, operator, choices);
  const leaver = seed % leaverEvery === 0 ? await openLeaver(operator) : undefined;
  const watch = watchPurges(region, cast);
  const deleted = watchDeletions(region);
  const before = await contentBefore(operator, region, cast);
  const rates = { before: choices.next() * 0.06, after: choices.next() * 0.06, kill: choices.next() * 0.03 };
  const startMs = region.nowMs;
  const list = [...acts(cast, choices, new Date(startMs)), ...(options.also?.(cast) ?? [])];
  if (leaver !== undefined) list.push(...leaverActs(leaver, choices));
  const callers = list.map(({ afterMs, ...act }) => ({ ...act, dueMs: startMs + afterMs }));
  const kinds = { ...jobKinds, ...options.kinds };
  const deployed = (options.deployed ?? nextVersion)(kinds);
  const trace = createHash("sha256");
  const deployMs = choices.chance(0.3) ? startMs + choices.below(stormMs / 2) : Number.POSITIVE_INFINITY;
  const fullMs = startMs + choices.below(stormMs / 4);
  if (choices.chance(0.15)) region.full = { fromMs: fullMs, toMs: fullMs + choices.below(stormMs / 2) };
  const untilMs = cast.guests.length > 0 ? startMs + daysMs : startMs;
  const stage: Stage = {
    ...{ region, choices, processes: [], startMs, untilMs, rates, callers, kinds, deployed, deployMs, trace },
    schedules: schedules.filter(({ name }) => leaver !== undefined || name !== "closure-sweep"),
    nextRuns: new Map([["retention-sweep", startMs + choices.below(stormMs)]]),
  };
  const played = await play(stage, operator, cast, leaver);
  const failures = played.ended
    ? [
        ...(await check(operator, region, cast, before, deleted)),
        ...watch.faults(),
        ...(await orphansLeft(region, operator)),
      ].concat(leaver === undefined ? [] : await checkLeft(region, operator, leaver))
    : ["the story did not end"];
  return { seed, steps: played.steps, faults: played.faults, failures, trace: trace.digest("hex") };
}

/** Two hours after everything, every key has its data again and all data its key; the other way round is an alarm. */
async function orphansLeft(region: SimulatedRegion, operator: Deps): Promise<string[]> {
  region.nowMs += 2 * 3_600_000;
  await savePlace(operator.stores, undefined, operator.clock.now());
  const { alarms } = await sweepOrphans(operator);
  return alarms === 0 ? [] : [`${alarms} keys or records without their counterpart`];
}

async function play(
  stage: Stage,
  operator: Deps,
  cast: Cast,
  leaver: Leaver | undefined,
): Promise<{ steps: number; faults: number; ended: boolean }> {
  const { region, choices } = stage;
  let [steps, faults, asked] = [0, 0, false];
  while (steps < stepLimit && region.nowMs - stage.startMs < endMs) {
    await settle();
    if (stage.rates !== calm && region.nowMs - stage.startMs > stormMs) stage.rates = calm;
    stage.processes = stage.processes.filter((process) => process.alive && !process.finished);
    begin(stage);
    const ready = stage.processes.filter((process) => process.pending.length > 0);
    if (ready.length > 0 && !choices.chance(0.02)) {
      steps += 1;
      const process = choices.pick(ready);
      const done = step(process, choices, stage.rates);
      if (done !== "ran") faults += 1;
      stage.trace.update(`${region.nowMs} ${process.name} ${done}\n`);
      // Time goes on a little with every operation.
      region.nowMs += choices.below(20);
      continue;
    }
    if (ready.length > 0 || stage.processes.length > 0) {
      if (ready.length === 0) await loopTurn();
      region.nowMs += 50;
      continue;
    }
    if (stage.rates === calm && !asked) {
      await insist(operator, cast);
      asked = true;
    }
    if (stage.rates === calm && (await retryFailed(operator, region, cast)) === 0 && isQuiet(stage)) {
      // What the next hourly sweep does for a deletion that failed in the storm.
      if (leaver === undefined || (await insistOnLeaving(operator, leaver))) return { steps, faults, ended: true };
      region.nowMs += 3_600_000;
    } else region.nowMs = nextDue(stage);
  }
  return { steps, faults, ended: false };
}

/** Starts what is due: clients, schedules, deliveries; at most three workers at once. */
function begin(stage: Stage): void {
  const { region, choices } = stage;
  for (const caller of stage.callers.filter(({ dueMs }) => dueMs <= region.nowMs)) {
    stage.callers = stage.callers.filter((other) => other !== caller);
    // The caller's machine lives on; what is killed is the function that serves it, and the caller calls again.
    launch(stage, caller.name, choices.chance(0.7), caller.work);
  }
  for (const { name, everyMs, run } of stage.schedules) {
    const due = stage.nextRuns.get(name) ?? stage.startMs + everyMs;
    if (due > region.nowMs) continue;
    stage.nextRuns.set(name, region.nowMs + everyMs);
    launch(stage, name, true, run);
  }
  const waiting = region.messages.filter(({ dueMs }) => dueMs <= region.nowMs);
  const workers = stage.processes.filter(({ name }) => name in stage.kinds || name === "ledger-nudges").length;
  if (waiting.length > 0 && workers < most) deliver(stage, choices.pick(waiting));
}

function launch(
  stage: Stage,
  name: string,
  mortal: boolean,
  work: (deps: Deps) => Promise<void>,
  onEnd?: (error: unknown) => void,
): void {
  const limitMs = isSkewed(name) ? skewsMs.purging : skewsMs.usual;
  const skewMs = stage.rates === calm ? 0 : (stage.choices.next() * 2 - 1) * limitMs;
  stage.processes.push(startProcess(name, mortal, (gate) => work(stage.region.instance(gate, skewMs)), onEnd));
}

/** The version of the instance that takes a message: either one while a deployment rolls out. */
function deployedKinds({ region, choices, kinds, deployed, deployMs }: Stage): JobKinds {
  if (region.nowMs < deployMs) return kinds;
  const isOld = region.nowMs < deployMs + rolloutMs && choices.chance(0.5);
  return isOld ? kinds : deployed;
}

/** Hands a message to a worker; it comes again when the worker fails or dies, and sometimes when it did not. */
function deliver(stage: Stage, message: Message): void {
  const { region, choices } = stage;
  region.messages.splice(region.messages.indexOf(message), 1);
  const attempt: Message = { ...message, attempts: message.attempts + 1 };
  const again = (delayMs: number) => region.messages.push({ ...attempt, dueMs: region.nowMs + delayMs });
  if (stage.rates !== calm && choices.chance(0.05)) again(choices.below(30_000));
  const kinds = deployedKinds(stage);
  launch(
    stage,
    message.topic,
    true,
    (deps) => handle(deps, kinds, attempt),
    (error) => {
      if (error === undefined || attempt.attempts > maxAttempts) return;
      again(error === killed ? 60_000 : 2_000 * attempt.attempts);
    },
  );
}

/** Not ended, or ended and not put away. */
function isOpen(fields: Record<string, unknown>): boolean {
  if (fields.wakeAt instanceof Timestamp) return true;
  return !["done", "failed", "cancelled"].includes(String(fields.state));
}

/** Jobs of a region that have not ended, or have ended and are not put away. */
export function openJobs({ data }: SimulatedRegion): Record<string, unknown>[] {
  return [...data.paths()]
    .filter((path) => /\/jobs\/[^/]+$/.test(path))
    .map((path) => data.find(path)?.fields ?? {})
    .filter(isOpen);
}

/** Audit entries that wait for the log, and tombstones that wait for their bucket: what the minute's sweeps look for. */
function isSweepDue({ data }: SimulatedRegion): boolean {
  return [...data.paths()].some((path) => path.includes("/auditPending/") || data.find(path)?.fields.toCopy === true);
}

function isQuiet({ region, callers, untilMs }: Stage): boolean {
  if (region.messages.length > 0 || callers.length > 0 || region.nowMs < untilMs) return false;
  return openJobs(region).length === 0 && !isSweepDue(region);
}

/** When there is something to do next: hours in which no schedule would find anything are passed over. */
function nextDue(stage: Stage): number {
  const { region } = stage;
  const wakes = openJobs(region).map(({ wakeAt }) => (wakeAt instanceof Timestamp ? wakeAt.toMillis() : 0));
  const hasWork = stage.rates !== calm || isSweepDue(region) || wakes.some((wake) => wake <= region.nowMs);
  const ticking = stage.schedules.filter(
    ({ name }) => hasWork || name === "retention-sweep" || name === "closure-sweep",
  );
  const times = [
    ...region.messages.map(({ dueMs }) => dueMs),
    ...stage.callers.map(({ dueMs }) => dueMs),
    ...ticking.map(({ name, everyMs }) => stage.nextRuns.get(name) ?? stage.startMs + everyMs),
    ...wakes.filter((wake) => wake > region.nowMs),
  ];
  return Math.max(region.nowMs + 1, Math.min(...times));
}

/**
 * A person reads why a job failed and has it tried again, as the console offers: as soon as what it made is put away.
 *
 * @returns how many have failed and can be tried again, now or soon.
 */
async function retryFailed(deps: Deps, region: SimulatedRegion, cast: Cast): Promise<number> {
  let failed = 0;
  for (const path of region.data.paths()) {
    const job = /\/jobs\/([^/]+)$/.exec(path)?.[1];
    if (job === undefined || !path.includes(cast.shop.tenantId)) continue;
    const { failure, retries } = (region.data.find(path)?.fields ?? {}) as unknown as Job;
    if (failure?.retryable !== true || retries >= retryLimit) continue;
    failed += 1;
    await retryJob(deps, cast.shop.tenantId, job, { kind: "operator", id: "simulation" }).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === "job-conflict")) throw error;
    });
  }
  return failed;
}
