import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sweepDeadlines } from "../../functions/src/deadlines/sweep-deadlines.ts";
import { collections } from "../../functions/src/inventory/inventory.ts";
import type { JobStep } from "../../functions/src/jobs/job.ts";
import { getJob, sum } from "../../functions/src/jobs/jobs.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { changeRetention, listRetention } from "../../functions/src/retention/change-retention.ts";
import {
  type AdjustableName,
  adjustableClasses,
  daysInForce,
  isAdjustable,
} from "../../functions/src/retention/policy.ts";
import { previewRetention } from "../../functions/src/retention/preview-retention.ts";
import { purgeConversations } from "../../functions/src/retention/purge-conversations-step.ts";
import { purgeRecords } from "../../functions/src/retention/purge-records-step.ts";
import { findPolicy } from "../../functions/src/retention/store.ts";
import { startRetention } from "../../functions/src/retention/sweep-retention.ts";
import { liftHold } from "../../functions/src/subject-requests/holds/lift-hold.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { findKey } from "../support/find-key.ts";
import { type Keeper, openKeeper } from "../support/keeper.ts";
import { teach } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const day = 86_400;
const [carol, dave, erin] = ["carol000000000000000", "dave0000000000000000", "erin0000000000000000"] as const;

describe("a purge", () => {
  let deps: TestDeps;
  let keeper: Keeper;
  let keepers = 0;

  beforeAll(() => {
    deps = testDeps();
  });
  afterAll(() => deps.close());
  beforeEach(async () => {
    keepers += 1;
    keeper = await openKeeper(deps, `keeper${keepers}x`);
  });

  const inDays = (days: number) => new Date(deps.clock.now().getTime() + days * day * 1000);
  const pass = (days: number) => deps.clock.advance(days * day);
  const hold = (subjectId: string, conversationId: string, days: number) =>
    placeHold(
      deps,
      keeper.staff.actor,
      { tenantId: keeper.tenantId, subjectId },
      { conversationIds: [conversationId], leadIds: [], basis: "a lawsuit", endsAt: inDays(days) },
      `hold-of-${conversationId}`,
    );
  const consent = (subjectId: string, id: string, given: boolean, purpose = "remember") =>
    keeper.write(`consents/${id}`, { subjectId, purpose, given, createdAt: deps.clock.now() });
  const shorten = async (name: AdjustableName, days: number) => {
    await changeRetention(deps, keeper.staff, name, days);
    pass(1);
  };

  it("keeps a hold and what it names while it is in force, then the hold for its own period", async () => {
    await keeper.person(carol);
    await keeper.conversation("c1", carol);
    const holdId = await hold(carol, "c1", 2_190);
    const [own, item] = [`holds/${holdId}`, "conversations/c1"];
    pass(1_200);
    await keeper.purge();
    expect(await keeper.left(own, item)).toEqual([own, item]);
    await liftHold(deps, keeper.staff.actor, keeper.tenantId, holdId, "the case is closed");
    pass(1);
    await keeper.purge();
    expect(await keeper.left(own, item)).toEqual([own]);
    pass(1_093);
    await keeper.purge();
    expect(await keeper.left(own)).toEqual([own]);
    pass(2);
    await keeper.purge();
    expect(await keeper.left(own)).toEqual([]);
  });

  it("counts the period of a hold that ended by itself from when it lapsed", async () => {
    await keeper.person(carol);
    await keeper.conversation("c1", carol);
    const own = `holds/${await hold(carol, "c1", 1_200)}`;
    pass(1_201);
    await keeper.purge();
    await sweepDeadlines(deps);
    pass(1_101);
    await keeper.purge();
    expect(await keeper.left(own)).toEqual([own]);
    pass(2);
    await keeper.purge();
    expect(await keeper.left(own)).toEqual([]);
  });

  const classes = Object.keys(adjustableClasses).filter(isAdjustable);

  it("is of something in every class that is offered", async () => {
    for (const { name, covers } of await listRetention(deps, keeper.tenantId))
      expect([name, covers.length > 0]).toEqual([name, true]);
  });

  it.each(classes)("takes what is past the shortest period of the class %s", async (name) => {
    await keeper.person(carol);
    const { minimumDays } = adjustableClasses[name];
    const aged = collections.filter((entry) => entry.retention === name && entry.agedBy !== undefined);
    const paths = aged.map((entry) => `${entry.path.split("/").at(-2)}/aged`);
    for (const [index, { agedBy = "" }] of aged.entries()) {
      const times = { createdAt: deps.clock.now(), startedAt: deps.clock.now(), updatedAt: deps.clock.now() };
      const fields = { subjectId: carol, given: false, purpose: "remember", turnCount: 1, state: "ready", version: 1 };
      await keeper.write(paths[index] ?? "", { ...fields, liveVersion: 1, ...times, [agedBy]: deps.clock.now() });
    }
    await changeRetention(deps, keeper.staff, name, minimumDays);
    pass(minimumDays + 2);
    await keeper.purge();
    expect(paths.length).toBeGreaterThan(0);
    expect(await keeper.left(...paths)).toEqual([]);
  });

  it("takes a document with passages and file, counted from its last upload, and passes over a restricted person's", async () => {
    const { tenantId } = keeper;
    await keeper.person(erin);
    await keeper.write(`subjects/${erin}`, { state: "restricted", createdAt: deps.clock.now() });
    const [old, again, saved] = [
      await teach(deps, keeper, "old.md", "# Old\n\nWe open at nine."),
      await teach(deps, keeper, "again.md", "# Again\n\nWe close at five."),
      await teach(deps, keeper, "saved.md", "# Saved\n\nCome by bus."),
    ];
    await deps.stores.data.doc(`tenants/${tenantId}/knowledge/${saved}`).update({ sourceSubjectId: erin });
    pass(20);
    await teach(deps, keeper, "again.md", "# Again\n\nWe close at six.");
    await shorten("knowledge", 30);
    pass(10);
    expect(await previewRetention(deps, tenantId, "knowledge", 30)).toEqual([{ collection: "knowledge", count: 1 }]);
    expect(await keeper.purge()).toMatchObject({ knowledge: 1 });
    expect(await keeper.left(`knowledge/${old}`, `knowledge/${again}`, `knowledge/${saved}`)).toEqual([
      `knowledge/${again}`,
      `knowledge/${saved}`,
    ]);
    const passages = await deps.stores.data.collection(`tenants/${tenantId}/chunks`).select("documentId").get();
    expect(new Set(passages.docs.map((passage) => passage.get("documentId") as string))).toEqual(
      new Set([again, saved]),
    );
    expect(await deps.buckets.list("knowledge", `${tenantId}/${old}/`)).toEqual([]);
  });

  it("keeps the proof of a withdrawn consent, and its person with the key, for the period of the proof", async () => {
    await keeper.person(carol);
    await keeper.conversation("c1", carol);
    await consent(carol, "given", true);
    await keeper.person(dave);
    await keeper.conversation("c2", dave);
    await consent(dave, "refused", false);
    pass(300);
    await consent(carol, "withdrawn", false);
    pass(66);
    await keeper.purge();
    const proof = ["consents/given", "consents/withdrawn", `subjects/${carol}`];
    expect(await keeper.left("conversations/c1", ...proof)).toEqual(proof);
    expect(await findKey(deps, keeper.tenantId, carol)).toBeDefined();
    // Who refused has withdrawn nothing.
    expect(await keeper.left("conversations/c2", "consents/refused", `subjects/${dave}`)).toEqual([]);
    pass(1_028);
    await keeper.purge();
    expect(await keeper.left(...proof)).toEqual(proof);
    pass(2);
    await keeper.purge();
    expect(await keeper.left(...proof)).toEqual([]);
    expect(await findKey(deps, keeper.tenantId, carol)).toBeUndefined();
  });

  it("keeps a person whose recipients were told of a right until that is past its period", async () => {
    await keeper.person(carol);
    await keeper.conversation("c1", carol);
    await keeper.write("notifications/n1", { subjectId: carol, createdAt: inDays(100) });
    pass(400);
    await keeper.purge();
    expect(await keeper.left("notifications/n1", `subjects/${carol}`)).toHaveLength(2);
    pass(796);
    await keeper.purge();
    expect(await keeper.left("notifications/n1", `subjects/${carol}`)).toEqual([]);
  });

  /** A look at the business in which something happens just before the n-th transaction. */
  function interrupted(nth: number, act: () => Promise<unknown>): Deps {
    let transactions = 0;
    const data = new Proxy(deps.stores.data, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name !== "runTransaction") return value.bind(target) as unknown;
        return async (...call: Parameters<typeof target.runTransaction>) => {
          transactions += 1;
          if (transactions === nth) await act();
          return target.runTransaction(...call);
        };
      },
    });
    return { ...deps, stores: { ...deps.stores, data } };
  }
  /** @returns what the job has counted then. */
  const runStep = async (by: Deps, step: JobStep<Deps>, cursor?: { collection: string }) => {
    const { tenantId } = keeper;
    const jobId = await startRetention(deps, tenantId, deps.clock.now());
    const job = await getJob(deps.stores, tenantId, jobId);
    const { counts } = await step.run(by, {
      job,
      cursor,
      assertHeld: () => Promise.resolve(),
      keepLease: () => Promise.resolve(),
      outOfTime: () => false,
    });
    return sum((await getJob(deps.stores, tenantId, jobId)).counts, counts);
  };
  const holdOf = (item: string) => () =>
    keeper.write("holds/late", {
      subjectId: carol,
      state: "active",
      items: [`tenants/${keeper.tenantId}/${item}`],
      basis: "claim",
      createdAt: deps.clock.now(),
      endsAt: inDays(100),
    });

  it("does not release a person whose conversation is put under a hold while the purge looks at it", async () => {
    await keeper.person(carol);
    await keeper.conversation("c1", carol);
    pass(366);
    const counts = await runStep(interrupted(1, holdOf("conversations/c1")), purgeConversations);
    expect(counts).toEqual({});
    const all = ["conversations/c1", "conversations/c1/turns/t1", "inbox/c1", `subjects/${carol}`];
    expect(await keeper.left(...all)).toEqual(all);
    expect((await deps.stores.data.doc(`tenants/${keeper.tenantId}/subjects/${carol}`).get()).get("state")).toBe(
      "active",
    );
  });

  it("does not freeze a conversation that is put under a hold, or whose person is restricted, at the last moment", async () => {
    for (const late of [
      holdOf("conversations/c1"),
      () => keeper.write(`subjects/${carol}`, { state: "restricted", createdAt: deps.clock.now() }),
    ]) {
      await keeper.person(carol).catch(() => undefined);
      await keeper.conversation("c1", carol);
      pass(366);
      await keeper.conversation("c2", carol);
      await runStep(interrupted(2, late), purgeConversations);
      const head = await deps.stores.data.doc(`tenants/${keeper.tenantId}/conversations/c1`).get();
      expect(head.get("subjectState")).toBe("active");
      expect(await keeper.exists("conversations/c1/turns/t1")).toBe(true);
      await deps.stores.data.doc(`tenants/${keeper.tenantId}/holds/late`).delete();
    }
  });

  it("does not delete a lead that is put under a hold at the last moment", async () => {
    await keeper.person(carol);
    await keeper.write("leads/l1", { subjectId: carol, state: "new", createdAt: deps.clock.now() });
    await keeper.write("leads/l2", { subjectId: carol, state: "new", createdAt: deps.clock.now() });
    pass(366);
    await keeper.write("leads/l3", { subjectId: carol, state: "new", createdAt: deps.clock.now() });
    const counts = await runStep(interrupted(2, holdOf("leads/l1")), purgeRecords, { collection: "leads" });
    expect(counts).toEqual({ leads: 1 });
    expect(await keeper.left("leads/l1", "leads/l2", "leads/l3")).toEqual(["leads/l1", "leads/l3"]);
  });

  it("signs no receipt for consents that stay, and previews only what would go", async () => {
    await keeper.person(carol);
    await keeper.person(dave);
    await keeper.person(erin);
    await consent(carol, "given", true);
    await consent(carol, "refused", false, "improve");
    for (const [id, subjectId] of [
      ["plain", carol],
      ["held", dave],
      ["frozen", erin],
    ] as const) {
      await keeper.conversation(id, subjectId);
      await keeper.write(`leads/${id}`, { subjectId, state: "new", createdAt: deps.clock.now() });
    }
    await hold(dave, "held", 3_000);
    await keeper.write(`subjects/${erin}`, { state: "restricted", createdAt: deps.clock.now() });
    pass(400);
    const preview = async (name: AdjustableName, days: number) =>
      Object.fromEntries(
        (await previewRetention(deps, keeper.tenantId, name, days)).map(({ collection, count }) => [collection, count]),
      );
    expect(await preview("conversation", 365)).toEqual({ conversations: 1 });
    expect(await preview("lead", 365)).toEqual({ leads: 2 });
    expect(await preview("consent", 365)).toEqual({ consents: 1 });
    await keeper.conversation("new", carol);
    expect(await keeper.purge()).toEqual({ conversations: 1, turns: 1, inbox: 1, leads: 2 });
    pass(360);
    await keeper.conversation("newer", carol);
    pass(360);
    expect(await keeper.purge()).toMatchObject({ consents: 1 });
    expect(await keeper.left("consents/given", "consents/refused")).toEqual(["consents/given"]);
    pass(1);
    expect(await keeper.purge()).toBeUndefined();
  });

  describe("by clocks that are off", () => {
    /** The same business seen by an instance whose clock is off by some hours; the database knows the time. */
    const off = (hours: number): Deps => ({
      ...deps,
      clock: {
        now: () => new Date(deps.clock.now().getTime() + hours * 3_600_000),
        fromServer: () => deps.clock.now(),
      },
    });
    const inForce = async () =>
      daysInForce((await findPolicy(deps.stores, keeper.tenantId))?.policy ?? {}, "conversation", deps.clock.now());

    it.each([-24, 0, 24])("shortens not before 24 hours have gone by, %p hours off", async (hours) => {
      const from = await changeRetention(off(hours), keeper.staff, "conversation", 10);
      expect(from.getTime()).toBeGreaterThanOrEqual(inDays(1).getTime());
    });

    it.each([-24, 0, 24])(
      "does not take a period that is still to come for the one in force, %p hours off",
      async (hours) => {
        await changeRetention(deps, keeper.staff, "conversation", 10);
        await changeRetention(off(hours), keeper.staff, "conversation", 20);
        expect(await inForce()).toBe(365);
        pass(0.99);
        expect(await inForce()).toBe(365);
      },
    );

    it.each([-24, 0, 24])("lengthens at once, %p hours off", async (hours) => {
      await changeRetention(deps, keeper.staff, "conversation", 10);
      pass(2);
      await changeRetention(off(hours), keeper.staff, "conversation", 100);
      expect(await inForce()).toBe(100);
      await keeper.person(carol);
      await keeper.conversation("c1", carol);
      pass(50);
      await keeper.purge(off(-24));
      expect(await keeper.exists("conversations/c1")).toBe(true);
    });
  });
});
