import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { closureJob } from "../../functions/src/closure/closure-job.ts";
import { findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { collectionsInScope, deleteScope } from "../../functions/src/inventory/subject-records.ts";
import { deletePaths } from "../../functions/src/inventory/tenant-records.ts";
import type { JobKind, JobStep } from "../../functions/src/jobs/job.ts";
import { logWithLeaf } from "../../functions/src/ledger/closed-log.ts";
import type { LedgerDeps } from "../../functions/src/ledger/sequence.ts";
import { formatTlogProof } from "../../functions/src/ledger/tlog-proof.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { retentionJob } from "../../functions/src/retention/retention-job.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { recordScopeOf, scopeOfJob } from "../../functions/src/subject-requests/erasure/scope.ts";
import { createReceipt } from "../../functions/src/subject-requests/store.ts";
import { type SeedOptions, simulateSeed } from "../simulation/simulate-seed.ts";
import { type Act, type Cast, canary } from "../simulation/story.ts";
import { nextVersion } from "../simulation/workers.ts";
import "../support/quiet.ts";

/** The quick check plays fewer than `npm test`. */
const stories = Number(process.env.LETHE_STORIES ?? 500);
const runner = join(import.meta.dirname, "../simulation/simulate.ts");

/** Plays stories until one fails in this way. @param most - how many stories it may take. */
async function expectFailure(most: number, options: SeedOptions, failure: string | RegExp): Promise<void> {
  const others: string[] = [];
  for (let seed = 1; seed <= most; seed += 1) {
    const { failures } = await simulateSeed(seed, options);
    if (failures.some((each) => (typeof failure === "string" ? each.includes(failure) : failure.test(each)))) return;
    others.push(...failures);
  }
  throw new Error(`no story of ${most} failed with ${failure}, but: ${[...new Set(others)].slice(0, 20).join("; ")}`);
}

/** A job with its steps changed; a step for which the change answers undefined is left out. */
function withSteps(kind: JobKind<Deps>, change: (step: JobStep<Deps>) => JobStep<Deps> | undefined): JobKind<Deps> {
  const [first, ...rest] = kind.steps.flatMap((step) => change(step) ?? []);
  if (first === undefined) throw new RangeError("no step is left");
  return { ...kind, steps: [first, ...rest] };
}

/** The erasure without the steps of these names. */
function erasureWithout(...names: string[]): JobKind<Deps> {
  return withSteps(erasureJob, (step) => (names.includes(step.name) ? undefined : step));
}

/** A client that stores a question without asking whether its person may be written for. */
function carelessTurn({ alice }: Cast): Act[] {
  const { tenantId, subjectId, conversationId } = alice;
  const write = async (deps: Deps) => {
    const turnId = deps.ids.next();
    await documentRef(deps.stores, "turns", { tenantId, conversationId, turnId }).create({
      subjectId,
      conversationId,
      state: "answering",
    });
  };
  return [120_000, 250_000].map((afterMs) => ({ name: "a careless turn", afterMs, work: write }));
}

/** A letter with a certificate of another head of the log than the one that is kept. */
async function otherCertificate(deps: Deps, tenantId: string) {
  const log = (await findClosedAccount(deps.stores, tenantId))?.log;
  if (!log) throw new Error("the log was not kept");
  const leaf = Buffer.from("another leaf");
  const forked = await logWithLeaf(deps as LedgerDeps, log, leaf);
  const note = { index: forked.size - 1, hashes: [...hashesOf(log.edge)].reverse(), checkpoint: forked.checkpoint };
  const file = JSON.stringify({ leaf: leaf.toString("base64"), proof: formatTlogProof(note) });
  const content = Buffer.from(file);
  const attachments = [{ name: "certificate.json", contentType: "application/json", content }];
  return { subject: "", textBody: "", htmlBody: "", attachments };
}

function* hashesOf(row: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < row.length; from += 32) yield row.subarray(from, from + 32);
}

describe("the simulation", () => {
  it(`finds nothing wrong in ${stories} stories`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [runner, "--seeds", String(stories), "--json"]);
    const result = JSON.parse(stdout) as { seeds: number; steps: number; faults: number; invariantFailures: number };
    expect(result).toMatchObject({ seeds: stories, invariantFailures: 0 });
    expect(result.steps).toBeGreaterThan(stories * 200);
    expect(result.faults).toBeGreaterThan(stories * 10);
  }, 300_000);

  it("plays a seed the same way twice, and another seed another way", async () => {
    const [first, again, other] = [await simulateSeed(11), await simulateSeed(11), await simulateSeed(12)];
    expect(again).toEqual(first);
    expect(first.steps).toBeGreaterThan(100);
    expect(other.trace).not.toBe(first.trace);
  });

  it("finds records that no step deletes", async () => {
    const kinds = { "erasure-steps": erasureWithout("delete-records", "delete-again", "search-residue") };
    for (const whose of ["person", "lead", "conversation"])
      await expectFailure(30, { kinds }, `record of the erased ${whose}`);
  });

  it("finds a collection that the erasure forgot", async () => {
    const passing = (step: JobStep<Deps>): JobStep<Deps> => ({
      ...step,
      run: (deps, run) =>
        run.cursor?.collection === "leads"
          ? Promise.resolve({ next: { collection: "consents" } })
          : step.run(deps, run),
    });
    const erasure = withSteps(erasureJob, (step) => {
      if (step.name === "search-residue") return undefined;
      return step.name.startsWith("delete-") ? passing(step) : step;
    });
    await expectFailure(10, { kinds: { "erasure-steps": erasure } }, /record of the erased person: .*\/leads\//);
  });

  it("finds a deployment that renames a step and forgets its former name", async () => {
    const forgetful: SeedOptions["deployed"] = (kinds) =>
      Object.fromEntries(
        Object.entries(nextVersion(kinds)).map(([topic, kind]) => [
          topic,
          withSteps(kind, ({ formerNames: _, ...step }) => step),
        ]),
      );
    await expectFailure(20, { deployed: forgetful }, "step-unknown");
  });

  it("finds that nothing deletes again after the caches have run out", async () => {
    const kinds = { "erasure-steps": erasureWithout("delete-again", "search-residue") };
    await expectFailure(10, { kinds, also: carelessTurn }, /record of the erased person: .*\/turns\//);
    for (let seed = 1; seed <= 6; seed += 1)
      expect((await simulateSeed(seed, { also: carelessTurn })).failures).toEqual([]);
  });

  it("finds what the deletion of an account leaves when it forgets the records, or writes its certificate twice", async () => {
    const names = ["delete-records", "delete-records-again", "search-residue"];
    const forgetful = withSteps(closureJob, (step) => (names.includes(step.name) ? undefined : step));
    await expectFailure(5, { kinds: { "closure-steps": forgetful } }, /left of the closed account: .*\/leads\//);
    const careless = withSteps(closureJob, (step) =>
      step.name === "publish-log"
        ? {
            ...step,
            async run(deps, run) {
              await deps.mail.send({ ...(await otherCertificate(deps, run.job.tenantId)), to: "owner@leaver.example" });
              return step.run(deps, run);
            },
          }
        : step,
    );
    await expectFailure(5, { kinds: { "closure-steps": careless } }, "the closed account's log has two heads");
  });

  /** A careless act in the midst of every story. */
  const careless = (work: (deps: Deps, cast: Cast) => Promise<unknown>) => ({
    also: (cast: Cast): Act[] => [
      {
        name: "a careless act",
        afterMs: 250_000,
        work: async (deps) => {
          for (let tries = 0; tries < 20; tries += 1) {
            const failed = await work(deps, cast).then(
              () => false,
              () => true,
            );
            if (!failed) return;
          }
        },
      },
    ],
  });
  const words = Buffer.from(`so said ${canary}`);

  it.each<[string, RegExp, (deps: Deps, cast: Cast) => Promise<unknown>]>([
    [
      "as bytes in a document",
      /words of the erased person: .*signals/,
      (deps, { shop: { tenantId } }) =>
        documentRef(deps.stores, "signals", { tenantId, signalId: "careless" }).set({ note: words }),
    ],
    [
      "in an object",
      /words of the erased person: uploads/,
      (deps, { shop }) => deps.buckets.write("uploads", `${shop.tenantId}/careless`, words, "text/plain"),
    ],
    [
      "in a log line",
      /words of the erased person: log line/,
      async () => console.log(JSON.stringify({ severity: "INFO", message: words.toString() })),
    ],
    [
      "in a letter",
      /words of the erased person: letter/,
      (deps) =>
        deps.mail.send({
          to: "bob@people.example",
          subject: "",
          textBody: words.toString(),
          htmlBody: "",
          attachments: [],
        }),
    ],
    [
      "in a message",
      /words of the erased person: topic ledger-nudges/,
      (deps, { shop }) => deps.publisher.publish("ledger-nudges", { tenantId: shop.tenantId, note: words.toString() }),
    ],
    [
      "in what a recipient is sent",
      /words of the erased person: https/,
      (deps) => deps.webhooks.post("https://hooks.sim.example/careless", {}, words.toString()),
    ],
  ])("finds words of the erased person %s", async (_where, found, work) => {
    await expectFailure(6, careless(work), found);
  });

  it.each<[string, RegExp, (deps: Deps, cast: Cast) => Promise<unknown>]>([
    [
      "whose window was emptied",
      /the other person is gone: .*window/,
      (deps, { bob: { tenantId, conversationId } }) =>
        documentRef(deps.stores, "conversations", { tenantId, conversationId }).update({ window: {} }),
    ],
    [
      "whose key was put in another's place",
      /the other person is another one: .*profile/,
      (deps, { bob: { tenantId, subjectId } }) =>
        documentRef(deps.stores, "deks", { tenantId, subjectId }).update({ wrapped: Buffer.alloc(60) }),
    ],
  ])("finds another person %s", async (_what, found, work) => {
    await expectFailure(6, careless(work), found);
  });

  it("finds that the key's end was never recorded", async () => {
    const kinds = { "erasure-steps": erasureWithout("destroy-key") };
    await expectFailure(6, { kinds }, "0 entries key-destroyed, not 1");
  });

  it("finds a second receipt, which only a crash between two writes makes", async () => {
    const careless: JobStep<Deps> = {
      name: "complete",
      async run(deps, { job }) {
        const { tenantId } = job;
        const [id, leaf, createdAt] = [deps.ids.next(), new Uint8Array(8), deps.clock.now()];
        await deps.stores.data.runTransaction(async (tx) => {
          await Promise.resolve();
          createReceipt(tx, deps.stores, tenantId, { id, envelope: {} as never, leaf: leaf as never, createdAt });
        });
        return { done: true };
      },
    };
    const kinds = { "erasure-steps": withSteps(erasureJob, (step) => (step.name === "complete" ? careless : step)) };
    await expectFailure(60, { kinds }, "2 receipts of 1 erasures");
  });

  it("finds a receipt that counts what a run deleted when the run is over, if it lives to see that", async () => {
    const countedLate = (step: JobStep<Deps>): JobStep<Deps> => ({
      ...step,
      async run(deps, { job }) {
        const scope = recordScopeOf(job.tenantId, scopeOfJob(job));
        const entries = collectionsInScope(scope).filter(({ erasure }) => erasure.action === "delete");
        const counts: Record<string, number> = {};
        await deleteScope(deps.stores, entries, scope, {
          async remove(entry, paths) {
            await deletePaths(deps.stores, entry, paths);
            if (paths.length > 0) counts[entry.name] = (counts[entry.name] ?? 0) + paths.length;
          },
        });
        return { done: true, counts };
      },
    });
    const erasure = withSteps(erasureJob, (step) =>
      step.name.startsWith("delete-records") ? countedLate(step) : step,
    );
    const failure = /receipts of erasures say \d+ \w+, deleted were \d+/;
    await expectFailure(40, { kinds: { "erasure-steps": erasure } }, failure);
  });

  it("finds a purge that trusts a clock which runs a day ahead", async () => {
    const trusting = (step: JobStep<Deps>): JobStep<Deps> => ({
      ...step,
      run: (deps, run) => step.run({ ...deps, clock: { now: () => deps.clock.now() } }, run),
    });
    const kinds = { "retention-steps": withSteps(retentionJob, trusting) };
    await expectFailure(60, { kinds }, "purged before its time");
  });

  it("finds that expired records stay", async () => {
    const idle = (step: JobStep<Deps>) => (step.name === "purge-conversations" ? undefined : step);
    const kinds = { "retention-steps": withSteps(retentionJob, idle) };
    await expectFailure(10, { kinds }, "not purged in time");
  });

  it("finds a held item that nobody can read any more", async () => {
    const kinds = { "erasure-steps": erasureWithout("reseal-held") };
    await expectFailure(30, { kinds }, "held item cannot be read");
  });
});
