import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { findReceipt, findTombstone } from "../../functions/src/subject-requests/store.ts";
import { findKey } from "../support/find-key.ts";
import { searchEverywhere } from "../support/search-everywhere.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { canaryOf, createWorld, staffActor, subjectIdOf, type World } from "../support/world.ts";

const erased = personalCollections.filter((entry) => entry.erasure.action === "delete");

describe("the erasure of a person", () => {
  let deps: TestDeps;
  let world: World;
  const before = new Map<string, unknown[]>();
  let jobId = "";

  beforeAll(async () => {
    deps = testDeps();
    world = await createWorld(deps);
    await world.addPerson("alice", 3);
    await world.addPerson("bob", 3);
    for (const entry of erased) before.set(entry.name, await world.readableRecords("bob", entry));
    const scope = { kind: "person", subjectId: subjectIdOf("alice") } as const;
    const clicks = await Promise.allSettled([
      requestErasure(deps, staffActor, world.tenantId, scope, "asked by mail"),
      requestErasure(deps, staffActor, world.tenantId, scope, "asked by mail"),
    ]);
    const answers = clicks.flatMap((click) => (click.status === "fulfilled" ? [click.value] : []));
    jobId = answers[0]?.jobId ?? "";
  });
  afterAll(() => deps.close());

  it("makes one job of two clicks", async () => {
    const again = await requestErasure(
      deps,
      staffActor,
      world.tenantId,
      { kind: "person", subjectId: subjectIdOf("alice") },
      undefined,
    );
    expect(again.jobId).toBe(jobId);
    expect((await deps.stores.data.collection(`tenants/${world.tenantId}/jobs`).get()).size).toBe(1);
  });

  it("destroys the person's key before the job has run", async () => {
    expect(await findKey(deps, world.tenantId, subjectIdOf("alice"))).toBeUndefined();
    expect(await findKey(deps, world.tenantId, subjectIdOf("bob"))).toBeDefined();
  });

  it("does not report done before no instance can still hold the key", async () => {
    expect((await findTombstone(deps.stores, world.tenantId, jobId))?.state).toBe("intended");
    await world.settle();
    const job = await findJob(deps.stores, world.tenantId, jobId);
    expect({ state: job?.state, failure: job?.failure }).toEqual({ state: "done", failure: undefined });
    expect((await findTombstone(deps.stores, world.tenantId, jobId))?.state).toBe("done");
  });

  it.each(erased.map((entry) => [entry.name, entry] as const))(
    "erases the data subject from %s and nobody else",
    async (name, entry) => {
      expect(before.get(name)).not.toEqual([]);
      expect(await world.readableRecords("alice", entry)).toEqual([]);
      expect(await world.readableRecords("bob", entry)).toEqual(before.get(name));
    },
  );

  it("leaves neither the words nor the id of the person anywhere but in the tombstone and its job", async () => {
    expect(await searchEverywhere(deps, [canaryOf("alice")])).toEqual([]);
    const places = await searchEverywhere(deps, [subjectIdOf("alice")]);
    expect(places.every((place) => /\/(jobs|tombstones)\/|^tombstones\//.test(place))).toBe(true);
  });

  it("issues one signed receipt that says what was done and what stays", async () => {
    const receipt = await findReceipt(deps.stores, world.tenantId, jobId);
    const payload = JSON.parse(Buffer.from(receipt?.envelope.payload ?? "", "base64").toString("utf8")) as {
      stores: { name: string; count: number }[];
      unreadableBy: string;
      residue: { found: number };
      exceptions: { name: string }[];
    };
    expect(payload.stores.find((store) => store.name === "turns")?.count).toBe(3);
    expect(payload.residue.found).toBe(0);
    expect(payload.unreadableBy > deps.clock.now().toISOString()).toBe(true);
    expect(payload.exceptions.map((exception) => exception.name)).toContain("dataBackups");
    expect(JSON.stringify(payload)).not.toContain("alice");
  });

  it("refuses a person who does not exist", async () => {
    const scope = { kind: "person", subjectId: subjectIdOf("nobody") } as const;
    await expect(requestErasure(deps, staffActor, world.tenantId, scope, undefined)).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

describe("the erasure of one conversation", () => {
  it("takes that conversation with its turns and leaves the person's others and key", async () => {
    const deps = testDeps();
    const world = await createWorld(deps);
    await world.addPerson("alice", 2);
    const conversationId = "aliceconversationid0".padEnd(20, "0");
    const turn = deps.stores.data.doc(
      `tenants/${world.tenantId}/conversations/${conversationId}/turns/aliceturnid0extra000`,
    );
    await turn.set({ subjectId: subjectIdOf("alice"), conversationId });
    await requestErasure(
      deps,
      staffActor,
      world.tenantId,
      { kind: "conversation", subjectId: subjectIdOf("alice"), conversationId },
      "one chat",
    );
    await world.settle();
    expect((await turn.get()).exists).toBe(false);
    expect((await deps.stores.data.doc(`tenants/${world.tenantId}/conversations/${conversationId}`).get()).exists).toBe(
      false,
    );
    const left = await deps.stores.data.collection(`tenants/${world.tenantId}/conversations`).get();
    expect(left.size).toBe(1);
    expect(await findKey(deps, world.tenantId, subjectIdOf("alice"))).toBeDefined();
    await deps.close();
  });
});
