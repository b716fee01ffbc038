import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startSession } from "../../functions/src/conversations/start-session.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { collectionRef, documentRef } from "../../functions/src/inventory/collections.ts";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import { decodeLeaf } from "../../functions/src/ledger/leaf.ts";
import { parseConfig } from "../../functions/src/platform/config.ts";
import { buildDeps, type Deps } from "../../functions/src/platform/deps.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import type { ReadyReport } from "../../local/ready-file.ts";
import { advanceClock } from "../support/browser-cloud.ts";
import "../support/quiet.ts";
import { everyDocument, textOf } from "../support/search-everywhere.ts";
import { openShop, type Shop } from "../support/shop.ts";

/** A kill hits as soon as the job is seen at one of these steps: it was claimed, and its step has begun. */
const fatalSteps = ["record-tombstone", "delete-records", "delete-again", "search-residue", "complete"];
/** Beyond a lease, a wait for caches and the resumer's grace. */
const leapSeconds = 420;
const words = "umbrella-canary";

describe("an erasure whose process is killed", () => {
  let child: ChildProcess;
  let report: ReadyReport;
  let emulatorPids: number[];
  let deps: Deps;
  let shop: Shop;
  let stopWatching = () => {};
  const killed: { step: string; pid: number }[] = [];

  const visit = async (name: string): Promise<DataSubject> => {
    const visitor = { kind: "channel", tenantId: shop.tenantId, channelId: shop.channelId } as const;
    const answers = { noticeVersion: 1, consents: { remember: true } };
    const session = await startSession(deps, visitor, answers, `${name}-session-key-of-32-characters-or-more`);
    const person = openSessionToken(deps.config, session.token, deps.clock.now());
    for (let number = 1; number <= 5; number += 1)
      await createLead(deps, person, { email: `${name}@people.example`, message: name }, `${name}-lead-${number}`);
    return person;
  };

  /** Paths of a person's records, by every document and not by the inventory's queries. */
  const recordsOf = async (subjectId: string): Promise<string[]> => {
    const names = new Set(personalCollections.map((entry) => entry.path.split("/").at(-2)));
    const found: string[] = [];
    for (const database of [deps.stores.data, deps.stores.keys])
      for await (const { path, data } of everyDocument(database))
        if (names.has(path.split("/").at(-2)) && `${path} ${textOf(data ?? null)}`.includes(subjectId))
          found.push(path);
    return found.sort();
  };

  /** Ends the function without a word, as a machine that fails does. */
  const killAt = async (step: string) => {
    const instance = (await instances(report)).find(({ functionName }) => functionName === "erasure-step");
    if (instance === undefined || killed.some((one) => one.step === step || one.pid === instance.pid)) return;
    process.kill(instance.pid, "SIGKILL");
    killed.push({ step, pid: instance.pid });
  };

  beforeAll(async () => {
    child = fork(join(import.meta.dirname, "cloud-process.ts"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const [ready] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [ReadyCloud | number];
    if (typeof ready !== "object") throw new Error(`the cloud ended with ${ready} before it was ready`);
    ({ report, pids: emulatorPids } = ready);
    Object.assign(process.env, ready.environment);
    deps = buildDeps(parseConfig(process.env));
    shop = await openShop(deps, "crash");
  }, 120_000);

  afterAll(async () => {
    stopWatching();
    const pids = [...(await instances(report)).map(({ pid }) => pid), ...emulatorPids];
    child.send("stop");
    await once(child, "exit");
    await Promise.all([deps.stores.data, deps.stores.keys, deps.stores.directory].map((store) => store.terminate()));
    expect(pids.filter(isAlive)).toEqual([]);
  }, 60_000);

  it("goes on from where it stood until nothing of the person is left, with one receipt", async () => {
    const [alice, bob] = [await visit(words), await visit("bob")];
    const bobBefore = await recordsOf(bob.subjectId);
    expect((await recordsOf(alice.subjectId)).length).toBeGreaterThan(7);
    const { tenantId } = shop;
    const scope = { kind: "person", subjectId: alice.subjectId } as const;
    const { jobId } = await requestErasure(deps, shop.staff.actor, tenantId, scope, undefined);
    stopWatching = documentRef(deps.stores, "jobs", { tenantId, jobId }).onSnapshot((job) => {
      const step = String(job.get("step"));
      if (job.get("lease") !== undefined && fatalSteps.includes(step)) void killAt(step);
    });

    let kills = 0;
    for (let job = await findJob(deps.stores, tenantId, jobId); job?.state !== "done"; ) {
      await sleep(250);
      job = await findJob(deps.stores, tenantId, jobId);
      expect(job?.failure).toBeUndefined();
      if (killed.length === kills && job?.state !== "waiting") continue;
      kills = killed.length;
      await advanceClock(report, leapSeconds);
      await sleep(1_000);
    }

    expect(killed.length).toBeGreaterThanOrEqual(4);
    expect(await recordsOf(alice.subjectId)).toEqual([]);
    expect(await recordsOf(bob.subjectId)).toEqual(bobBefore);
    const receipts = await collectionRef(deps.stores, "receipts", { tenantId }).get();
    expect(receipts.docs.map(({ id }) => id)).toEqual([jobId]);
    expect(await wordsLeft(deps)).toEqual([]);
    const actions = await integratedActions(deps, report, tenantId);
    for (const action of ["erasure-requested", "key-destroyed", "erasure-completed"])
      expect([action, actions.filter((each) => each === action).length]).toEqual([action, 1]);
  }, 90_000);
});

interface ReadyCloud {
  report: ReadyReport;
  environment: Record<string, string>;
  pids: number[];
}

/** The function instances that run, with their process ids. */
async function instances(report: ReadyReport): Promise<{ functionName: string; pid: number }[]> {
  return (await (await fetch(`${report.control}/instances`)).json()) as { functionName: string; pid: number }[];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Where the erased person's words stand in databases and buckets. */
async function wordsLeft(deps: Deps): Promise<string[]> {
  const found: string[] = [];
  for (const database of [deps.stores.data, deps.stores.keys, deps.stores.directory])
    for await (const { path, data } of everyDocument(database))
      if (textOf(data ?? null).includes(words)) found.push(path);
  for (const bucket of ["knowledge", "exports", "uploads", "tombstones"] as const)
    for (const { path } of await deps.buckets.list(bucket, ""))
      if (Buffer.from((await deps.buckets.read(bucket, path)) ?? []).includes(words)) found.push(path);
  return found;
}

/** Every act of the log, once the last pending one is integrated. */
async function integratedActions(deps: Deps, report: ReadyReport, tenantId: string): Promise<string[]> {
  const pending = () => collectionRef(deps.stores, "auditPending", { tenantId }).limit(1).get();
  while (!(await pending()).empty) {
    await advanceClock(report, 90);
    await sleep(500);
  }
  const bundles = await collectionRef(deps.stores, "auditBundles", { tenantId }).get();
  const leaves = bundles.docs.flatMap((bundle) => bundle.get("leaves") as Uint8Array[]);
  return leaves.map((leaf) => decodeLeaf(leaf).action);
}
