import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { documentPath } from "../../functions/src/inventory/collections.ts";
import { type DeclaredCollection, tenantCollections } from "../../functions/src/inventory/tenant-records.ts";
import { deleteCounted } from "../../functions/src/jobs/delete-counted.ts";
import { type Job, priorities } from "../../functions/src/jobs/job.ts";
import { createJob, getJob } from "../../functions/src/jobs/jobs.ts";
import { type TestDeps, tenantIdOf, testDeps } from "../support/test-deps.ts";

function named(name: DeclaredCollection["name"]): DeclaredCollection {
  const entry = tenantCollections.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new RangeError(`there is no collection ${name}`);
  return entry;
}

describe("deleting records for a job", () => {
  let deps: TestDeps;
  const tenantId = tenantIdOf("counted");
  const leads = named("leads");

  beforeAll(() => {
    deps = testDeps();
  });
  afterAll(() => deps.close());

  const newJob = (id: string): Promise<Job> =>
    deps.stores.data.runTransaction(async (tx) => {
      await Promise.resolve();
      const createdAt = deps.clock.now();
      const requestedBy = { kind: "operator", id: "test" };
      const job = { id, tenantId, kind: "retention", targets: {}, priority: priorities.background } as const;
      return createJob(tx, deps.stores, { ...job, requestedBy, createdAt });
    });
  const write = async (name: string, count: number): Promise<string[]> => {
    const paths = Array.from({ length: count }, (_, number) =>
      documentPath("leads", { tenantId, leadId: `${name}${number}` }),
    );
    for (let from = 0; from < count; from += 500) {
      const batch = deps.stores.data.batch();
      for (const path of paths.slice(from, from + 500)) batch.set(deps.stores.data.doc(path), { state: "new" });
      await batch.commit();
    }
    return paths;
  };
  const counted = async (job: Job) => (await getJob(deps.stores, tenantId, job.id)).counts;

  it("counts them in the commits that delete them, and none twice", async () => {
    const [job, paths] = [await newJob("counts"), await write("many", 1_100)];
    expect(await deleteCounted(deps.stores, job, leads, paths)).toEqual({});
    expect(await counted(job)).toEqual({ leads: 1_100 });
    await deleteCounted(deps.stores, job, leads, paths);
    expect(await counted(job)).toEqual({ leads: 1_100 });
  });

  it("passes over those that somebody else deletes meanwhile", async () => {
    const [job, other, paths] = [await newJob("one"), await newJob("other"), await write("few", 40)];
    await Promise.all([
      deleteCounted(deps.stores, job, leads, paths),
      deleteCounted(deps.stores, other, leads, [...paths].reverse()),
    ]);
    expect(((await counted(job)).leads ?? 0) + ((await counted(other)).leads ?? 0)).toBe(40);
    await deps.stores.data.doc(paths[0] ?? "").set({ state: "new" });
    await deleteCounted(deps.stores, job, leads, paths.slice(0, 3));
    expect(((await counted(job)).leads ?? 0) + ((await counted(other)).leads ?? 0)).toBe(41);
  });

  it("leaves those of the keys' database for the step to count", async () => {
    const job = await newJob("keys");
    const path = documentPath("deks", { tenantId, subjectId: "somebody" });
    await deps.stores.keys.doc(path).set({ wrapped: Buffer.alloc(62) });
    expect(await deleteCounted(deps.stores, job, named("deks"), [path])).toEqual({ deks: 1 });
    expect((await deps.stores.keys.doc(path).get()).exists).toBe(false);
    expect(await counted(job)).toEqual({});
  });

  it("deletes nothing for a job that is gone", async () => {
    const [path = ""] = await write("kept", 1);
    await expect(deleteCounted(deps.stores, { id: "gone", tenantId }, leads, [path])).rejects.toMatchObject({
      code: 5,
    });
    expect((await deps.stores.data.doc(path).get()).exists).toBe(true);
  });
});
