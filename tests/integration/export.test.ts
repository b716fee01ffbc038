import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FieldValue } from "@google-cloud/firestore";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readConversation } from "../../functions/src/conversations/read-conversation.ts";
import { exportJob } from "../../functions/src/exports/export-job.ts";
import { issueExportLink } from "../../functions/src/exports/issue-export-link.ts";
import { objectPath } from "../../functions/src/exports/payload-files.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import { findExport } from "../../functions/src/exports/store.ts";
import { wakeExports } from "../../functions/src/exports/wake-exports.ts";
import type { Staff } from "../../functions/src/identity/caller.ts";
import { permissionsOf } from "../../functions/src/identity/permissions.ts";
import { cancelJob } from "../../functions/src/jobs/cancel-job.ts";
import type { JobKind, StepRun } from "../../functions/src/jobs/job.ts";
import { getJob, listJobs } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { retryJob } from "../../functions/src/jobs/retry-job.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import { findLedgerState } from "../../functions/src/ledger/store.ts";
import { formatVerifierKey } from "../../functions/src/ledger/verifier-key.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { readSubjectAsStaff } from "../../functions/src/subjects/read-subject.ts";
import { run as verify } from "../../verify/run.mjs";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { canaryOf, createWorld, settleJobs, staffActor, subjectIdOf, type World } from "../support/world.ts";

/** Saves an export's files in a folder of their own and gives the path of the one that is handed out. */
async function download(deps: TestDeps, tenantId: string, exportId: string): Promise<string> {
  const entry = await findExport(deps.stores, tenantId, exportId);
  if (entry === undefined) throw new Error("no export");
  const folder = await mkdtemp(join(tmpdir(), "lethe-export-"));
  const main = objectPath(entry);
  for (const path of [main, `${main}.dsse.json`]) {
    const bytes = await deps.buckets.read("exports", path);
    if (bytes !== undefined) await writeFile(join(folder, path.split("/").at(-1) ?? ""), bytes);
  }
  return join(folder, main.split("/").at(-1) ?? "");
}

describe("exports", () => {
  let deps: TestDeps;
  let world: World;
  let vkey = "";
  const staff = (): Staff => ({
    kind: "staff",
    tenantId: world.tenantId,
    actor: staffActor,
    role: "owner",
    permissions: permissionsOf.owner,
  });

  beforeAll(async () => {
    deps = testDeps();
    world = await createWorld(deps);
    await world.addPerson("alice", 3);
    await world.addPerson("bob", 3);
  });
  afterAll(() => deps.close());

  const exported = async (what: { subjectId?: string; format: "json" | "bag" }, key: string) => {
    const { exportId } = await requestExport(deps, staffActor, world.tenantId, what, key);
    await world.settle();
    const state = await findLedgerState(deps.stores, world.tenantId);
    vkey = formatVerifierKey(await logKey(deps, state?.origin ?? ""));
    return exportId;
  };

  it("gives one person as a single document that holds all of that person, nobody else, and verifies offline", async () => {
    const exportId = await exported({ subjectId: subjectIdOf("alice"), format: "json" }, "key-json-1");
    const bytes = await deps.buckets.read("exports", `${world.tenantId}/${exportId}/subject.json`);
    const text = Buffer.from(bytes ?? new Uint8Array()).toString("utf8");
    const { files } = JSON.parse(text) as { files: Record<string, unknown[]> };
    expect(files["conversations/turns.json"]).toHaveLength(3);
    expect(files["leads/leads.json"]).toHaveLength(3);
    expect(files["subject/subjects.json"]).toEqual([
      expect.objectContaining({ provided: { profile: { name: canaryOf("alice") } } }),
    ]);
    expect(text).not.toContain(canaryOf("bob"));
    expect(await verify([await download(deps, world.tenantId, exportId), "--key", vkey])).toMatchObject({
      exitCode: 0,
    });
  });

  it("ends as soon as the log holds its entry: nobody has to find the job waiting", async () => {
    const what = { subjectId: subjectIdOf("bob"), format: "bag" } as const;
    const { exportId, jobId } = await requestExport(deps, staffActor, world.tenantId, what, "key-quick-1");
    const startedAt = deps.clock.now();
    const states: string[] = [];
    await deps.publisher.drain({
      "export-steps": (payload, delivery) => runJob(deps, exportJob, stepMessage.parse(payload), delivery),
      "ledger-nudges": async () => {
        states.push((await getJob(deps.stores, world.tenantId, jobId)).state);
        await sequence(deps, world.tenantId, "test", deps.clock.now());
        await wakeExports(deps, world.tenantId);
      },
    });
    expect(states).toContain("waiting");
    expect(await getJob(deps.stores, world.tenantId, jobId)).toMatchObject({ state: "done" });
    expect((await findExport(deps.stores, world.tenantId, exportId))?.state).toBe("ready");
    expect(deps.clock.now().getTime() - startedAt.getTime()).toBe(0);
    expect(await wakeExports(deps, world.tenantId)).toBe(0);
  });

  it("is found by the resumer when whoever should wake it died", async () => {
    const what = { subjectId: subjectIdOf("bob"), format: "bag" } as const;
    const { jobId } = await requestExport(deps, staffActor, world.tenantId, what, "key-slow-1");
    const handlers = {
      "export-steps": (payload: unknown, delivery: Parameters<typeof runJob>[3]) =>
        runJob(deps, exportJob, stepMessage.parse(payload), delivery),
      "ledger-nudges": async () => void (await sequence(deps, world.tenantId, "test", deps.clock.now())),
    };
    await deps.publisher.drain(handlers);
    expect(await getJob(deps.stores, world.tenantId, jobId)).toMatchObject({ state: "waiting", step: "prove" });
    deps.clock.advance(6);
    await resumeStalledJobs(deps);
    await deps.publisher.drain(handlers);
    expect(await getJob(deps.stores, world.tenantId, jobId)).toMatchObject({ state: "done" });
  });

  it("gives one person as a bag that verifies offline, and refuses one with a byte changed", async () => {
    const exportId = await exported({ subjectId: subjectIdOf("alice"), format: "bag" }, "key-bag-1");
    const path = await download(deps, world.tenantId, exportId);
    const answer = await verify([path, "--key", vkey]);
    expect(answer).toMatchObject({ exitCode: 0 });
    const bytes = Buffer.from(
      (await deps.buckets.read("exports", `${world.tenantId}/${exportId}/export.zip`)) ?? new Uint8Array(),
    );
    const at = bytes.indexOf(canaryOf("alice"));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(path, bytes);
    const refused = await verify([path, "--key", vkey]);
    expect(refused.exitCode).toBe(1);
    expect(refused.text).toMatch(/data\//);
  });

  it("tells a person when staff looked and why, in the words they gave, and how long what is kept", async () => {
    await readSubjectAsStaff(deps, staff(), subjectIdOf("alice"));
    const use = { ground: "claims", reason: "she disputes an invoice of March" } as const;
    const now = deps.clock.now();
    await deps.stores.data.doc(`tenants/${world.tenantId}/conversations/aliceconversation001`).set({
      ...{ subjectId: subjectIdOf("alice"), subjectState: "active", channelId: "c1", state: "open", noticeVersion: 1 },
      ...{ consents: {}, window: {}, turnCount: 0, startedAt: now, lastTurnAt: now },
    });
    await readConversation(deps, staff(), "aliceconversation001", { use });
    const what = { subjectId: subjectIdOf("alice"), format: "json", reason: "asked for on the phone" } as const;
    const { exportId } = await requestExport(deps, staffActor, world.tenantId, what, "key-access-1");
    await world.settle();
    const bytes = await deps.buckets.read("exports", `${world.tenantId}/${exportId}/subject.json`);
    const { files } = JSON.parse(Buffer.from(bytes ?? new Uint8Array()).toString("utf8")) as {
      files: Record<string, Record<string, unknown>[]>;
    };
    expect(files["access-log.json"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: "subject-read", by: "member", purpose: "Person looked up" }),
        expect.objectContaining({ action: "restricted-data-used", purpose: use.reason, ground: "claims" }),
        expect.objectContaining({ action: "export-requested", purpose: "asked for on the phone" }),
      ]),
    );
    expect(JSON.stringify(files["access-log.json"])).not.toContain(staffActor.id);
    expect(files["processing-information.json"]).toMatchObject({
      purposes: expect.arrayContaining([expect.objectContaining({ where: "turns", retention: "365 days" })]),
    });
  });

  it("gives the whole account as a bag that holds everybody", async () => {
    const exportId = await exported({ format: "bag" }, "key-account-1");
    const text = Buffer.from(
      (await deps.buckets.read("exports", `${world.tenantId}/${exportId}/export.zip`)) ?? new Uint8Array(),
    ).toString("latin1");
    expect(text).toContain(canaryOf("alice"));
    expect(text).toContain(canaryOf("bob"));
    expect(text).toContain("data/audit-log/checkpoint");
    const job = (await listJobs(deps.stores, world.tenantId, { limit: 1 })).jobs[0];
    expect(job).toMatchObject({ kind: "export", totalOf: "records", total: job?.counts.records });
    expect(await verify([await download(deps, world.tenantId, exportId), "--key", vkey])).toMatchObject({
      exitCode: 0,
    });
  });

  it("returns the same export for the same idempotency key", async () => {
    const what = { subjectId: subjectIdOf("bob"), format: "json" } as const;
    const first = await requestExport(deps, staffActor, world.tenantId, what, "key-again");
    expect(await requestExport(deps, staffActor, world.tenantId, what, "key-again")).toEqual(first);
    await world.settle();
  });

  describe("that is stopped", () => {
    const files = async (exportId: string) => {
      const objects = await deps.buckets.list("exports", `${world.tenantId}/${exportId}/`);
      return objects.length;
    };
    /** Makes an export as far as it goes before the log holds its entry. */
    const halfMade = async (key: string) => {
      const what = { subjectId: subjectIdOf("bob"), format: "bag" } as const;
      const { exportId } = await requestExport(deps, staffActor, world.tenantId, what, key);
      await deps.publisher.drain({ "export-steps": deliverTo(exportJob), "ledger-nudges": async () => undefined });
      expect(await files(exportId)).toBeGreaterThan(3);
      return exportId;
    };
    const deliverTo =
      (kind: JobKind<Deps>) =>
      (payload: unknown, delivery: Parameters<typeof runJob>[3]): Promise<void> =>
        runJob(deps, kind, stepMessage.parse(payload), delivery);

    it("by staff has no file, and what its last worker still writes goes too", async () => {
      const exportId = await halfMade("key-cancel-1");
      await cancelJob(deps, world.tenantId, exportId, staffActor, exportJob.isCancellable);
      await deps.publisher.drain({ "export-steps": deliverTo(exportJob) });
      expect(await findExport(deps.stores, world.tenantId, exportId)).toMatchObject({ state: "failed" });
      expect(await files(exportId)).toBe(0);
      await deps.buckets.write(
        "exports",
        `${world.tenantId}/${exportId}/parts/late`,
        Buffer.from("late"),
        "text/plain",
      );
      await world.settle();
      expect(await files(exportId)).toBe(0);
      await expect(issueExportLink(deps, staff(), exportId)).rejects.toMatchObject({ code: "link-expired" });
    });

    it("by a failure has no file, and a retry makes all of it again", async () => {
      const exportId = await halfMade("key-fail-1");
      await deps.stores.data.doc(`tenants/${world.tenantId}/exports/${exportId}`).update({ leaf: FieldValue.delete() });
      await world.settle();
      expect(await getJob(deps.stores, world.tenantId, exportId)).toMatchObject({
        state: "failed",
        failure: { code: "document-malformed", step: "prove", retryable: true },
      });
      expect(await findExport(deps.stores, world.tenantId, exportId)).toMatchObject({ state: "failed" });
      expect(await files(exportId)).toBe(0);
      await retryJob(deps, world.tenantId, exportId, staffActor);
      await world.settle();
      expect(await findExport(deps.stores, world.tenantId, exportId)).toMatchObject({ state: "ready" });
      const path = await download(deps, world.tenantId, exportId);
      expect(await verify([path, "--key", vkey])).toMatchObject({ exitCode: 0 });
    });

    it("while it is finished is not handed out", async () => {
      const stopping = exportJob.steps.map((step) => ({
        ...step,
        async run(all: Deps, run: StepRun) {
          if (step.name === "finish")
            await cancelJob(deps, world.tenantId, run.job.id, staffActor, exportJob.isCancellable);
          return step.run(all, run);
        },
      })) as unknown as JobKind<Deps>["steps"];
      const exportId = await halfMade("key-finish-1");
      await sequence(deps, world.tenantId, "test", deps.clock.now());
      await wakeExports(deps, world.tenantId);
      await deps.publisher.drain({ "export-steps": deliverTo({ ...exportJob, steps: stopping }) });
      expect(await getJob(deps.stores, world.tenantId, exportId)).toMatchObject({ state: "cancelled" });
      expect(await findExport(deps.stores, world.tenantId, exportId)).toMatchObject({ state: "failed" });
    });
  });

  it("of an account passes over a document that is deleted while it is made", async () => {
    const kept = `${world.tenantId}/kept/original.md`;
    const going = `${world.tenantId}/going/original.md`;
    for (const path of [kept, going]) await deps.buckets.write("knowledge", path, Buffer.from(path), "text/markdown");
    const stream: TestDeps["buckets"]["stream"] = async function* (bucket, path) {
      if (path === going) await deps.buckets.remove(bucket, path);
      yield* deps.buckets.stream(bucket, path);
    };
    const { exportId } = await requestExport(deps, staffActor, world.tenantId, { format: "bag" }, "key-going-1");
    await settleJobs({ ...deps, buckets: { ...deps.buckets, stream } }, world.tenantId);
    expect(await findExport(deps.stores, world.tenantId, exportId)).toMatchObject({ state: "ready" });
    const zip = Buffer.from((await deps.buckets.read("exports", `${world.tenantId}/${exportId}/export.zip`)) ?? []);
    expect([zip.includes("kept/original.md"), zip.includes("going/original.md")]).toEqual([true, false]);
    await deps.buckets.remove("knowledge", kept);
  });

  it("records each link, and issues none once the person is erased", async () => {
    const { exportId } = await requestExport(
      deps,
      staffActor,
      world.tenantId,
      { subjectId: subjectIdOf("alice"), format: "json" },
      "key-json-1",
    );
    const link = await issueExportLink(deps, staff(), exportId);
    expect(link.expiresAt.getTime() - deps.clock.now().getTime()).toBe(15 * 60_000);
    await requestErasure(
      deps,
      staffActor,
      world.tenantId,
      { kind: "person", subjectId: subjectIdOf("alice") },
      undefined,
    );
    await world.settle();
    await expect(issueExportLink(deps, staff(), exportId)).rejects.toMatchObject({
      code: "not-found",
    });
    const left = await deps.buckets.list("exports", `${world.tenantId}/${exportId}/`);
    expect(left).toEqual([]);
  });

  it("withdraws a whole-account export that held the erased person", async () => {
    const { exportId } = await requestExport(deps, staffActor, world.tenantId, { format: "bag" }, "key-account-1");
    expect((await findExport(deps.stores, world.tenantId, exportId))?.state).toBe("withdrawn");
    await expect(issueExportLink(deps, staff(), exportId)).rejects.toMatchObject({
      code: "link-expired",
    });
  });
});
