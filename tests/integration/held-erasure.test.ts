import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { beginTurn } from "../../functions/src/conversations/begin-turn.ts";
import { sweepDeadlines } from "../../functions/src/deadlines/sweep-deadlines.ts";
import { collect } from "../../functions/src/exports/collect-step.ts";
import { issueExportLink } from "../../functions/src/exports/issue-export-link.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import type { ErasureScope } from "../../functions/src/subject-requests/erasure/scope.ts";
import { searchResidue } from "../../functions/src/subject-requests/erasure/search-residue-step.ts";
import { endLapsedHolds } from "../../functions/src/subject-requests/holds/end-lapsed-holds.ts";
import { liftHold } from "../../functions/src/subject-requests/holds/lift-hold.ts";
import { listHolds } from "../../functions/src/subject-requests/holds/list-holds.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { readHeldItem } from "../../functions/src/subject-requests/holds/read-held-item.ts";
import { verifyIdentifier } from "../../functions/src/subject-requests/rights/verify-identifier.ts";
import { findReceipt, findTombstone } from "../../functions/src/subject-requests/store.ts";
import { actionsOf } from "../support/actions-of.ts";
import { arriveAt, openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { settleJobs, staffActor } from "../support/world.ts";

const day = 86_400;

interface Payload {
  scope: string;
  hold?: string;
  stores: { name: string; count: number; finishedAt: string }[];
  exceptions: { name: string; reason: string; until: string }[];
  residue: { method: string; searched: string[]; found: number; notSearched: string[] };
  unreadableBy?: string;
  issuedAt: string;
}

describe("an erasure and what must be kept", () => {
  let deps: TestDeps;
  let shop: Shop;

  beforeAll(async () => {
    deps = testDeps();
    shop = await openShop(deps, "held");
  });
  afterAll(() => deps.close());

  const arrive = async (name: string): Promise<DataSubject> => {
    const person = await arriveAt(deps, shop, name);
    await beginTurn(deps, person, `${name} asks`, `${name}-turn-1`, `${name}-instance`);
    return person;
  };
  const leadOf = (person: DataSubject, key: string) =>
    createLead(deps, person, { email: "again@people.example", message: "the canary message" }, key);
  const inDays = (days: number) => new Date(deps.clock.now().getTime() + days * day * 1000);
  const hold = (
    person: DataSubject,
    items: { conversationIds?: string[]; leadIds?: string[] },
    key: string,
    days = 90,
  ) =>
    placeHold(
      deps,
      staffActor,
      person,
      { conversationIds: [], leadIds: [], basis: "claim 17/2025", endsAt: inDays(days), ...items },
      `hold-key-${key}`,
    );
  const erase = (scope: ErasureScope) => requestErasure(deps, staffActor, shop.tenantId, scope, "asked");
  const whole = (person: DataSubject) => ({ kind: "person", subjectId: person.subjectId }) as const;
  const settle = () => settleJobs(deps, shop.tenantId);
  const doc = (path: string) => deps.stores.data.doc(`tenants/${shop.tenantId}/${path}`).get();
  const evidenceOf = async (person: DataSubject) => {
    const evidence = deps.stores.keys.collection(`tenants/${shop.tenantId}/evidence`);
    return (await evidence.where("subjectId", "==", person.subjectId).get()).size;
  };
  const receiptOf = async (jobId: string): Promise<Payload | undefined> => {
    const receipt = await findReceipt(deps.stores, shop.tenantId, jobId);
    if (receipt === undefined) return undefined;
    return JSON.parse(Buffer.from(receipt.envelope.payload, "base64").toString("utf8")) as Payload;
  };
  /** The erasure that followed a hold's end. */
  const following = async (holdId: string) => {
    const jobs = deps.stores.data.collection(`tenants/${shop.tenantId}/jobs`);
    const { docs } = await jobs.where("targets.holdId", "==", holdId).get();
    expect(docs).toHaveLength(1);
    return docs[0]?.id ?? "";
  };

  it.each([0, 1, 2, 3])("of two admins at once, the hold keeps its item or is refused (%i)", async (round) => {
    const person = await arrive(`race${round}`);
    const lead = await leadOf(person, `race-lead-${round}`);
    const pause = () => new Promise((resolve) => setTimeout(resolve, round * 40));
    const [placed, erased] = await Promise.allSettled([
      pause().then(() => hold(person, { leadIds: [lead.id] }, `race-${round}`)),
      erase(whole(person)),
    ]);
    expect(erased.status).toBe("fulfilled");
    await settle();
    const left = await doc(`leads/${lead.id}`);
    expect(left.exists).toBe(placed.status === "fulfilled");
    if (placed.status === "fulfilled") {
      const read = await readHeldItem(deps, shop.staff, placed.value, lead.id);
      expect(read).toMatchObject({ texts: { message: "the canary message" } });
    } else {
      expect(["not-found", "subject-erased"]).toContain((placed.reason as { code: string }).code);
    }
  });

  it("erases what a hold kept when it is lifted: key, records, and a receipt of its own", async () => {
    const person = await arrive("hilda");
    const lead = await leadOf(person, "hilda-lead-2");
    const holdId = await hold(person, { conversationIds: [person.conversationId], leadIds: [lead.id] }, "hilda");
    const { jobId } = await erase(whole(person));
    await settle();
    expect((await findJob(deps.stores, shop.tenantId, jobId))?.state).toBe("done");
    expect((await doc(`leads/${lead.id}`)).exists).toBe(true);
    expect(await evidenceOf(person)).toBe(3);
    expect((await receiptOf(jobId))?.exceptions.find(({ name }) => name === `hold ${holdId}`)?.until).toContain(
      "staff lift the hold",
    );

    await liftHold(deps, staffActor, shop.tenantId, holdId, "settled");
    await settle();
    const second = await following(holdId);
    expect(second).not.toBe(jobId);
    expect((await findJob(deps.stores, shop.tenantId, second))?.state).toBe("done");
    expect((await doc(`leads/${lead.id}`)).exists).toBe(false);
    expect((await doc(`conversations/${person.conversationId}`)).exists).toBe(false);
    expect(await evidenceOf(person)).toBe(0);
    const receipt = await receiptOf(second);
    expect(receipt).toMatchObject({ scope: "person", hold: holdId, unreadableBy: expect.any(String) });
    const counts = Object.fromEntries((receipt?.stores ?? []).map(({ name, count }) => [name, count]));
    expect(counts).toMatchObject({ deks: 0, evidence: 3, leads: 1, conversations: 1, turns: 1 });
  });

  it("keeps what another hold keeps, until that one has lapsed with its staff told", async () => {
    const person = await arrive("holger");
    const [one, both] = [await leadOf(person, "holger-lead-2"), await leadOf(person, "holger-lead-3")];
    const first = await hold(person, { leadIds: [one.id, both.id] }, "holger-1");
    const second = await hold(person, { leadIds: [both.id] }, "holger-2", 30);
    await erase(whole(person));
    await settle();
    await liftHold(deps, staffActor, shop.tenantId, first, "settled");
    await settle();
    expect((await doc(`leads/${one.id}`)).exists).toBe(false);
    expect((await doc(`leads/${both.id}`)).exists).toBe(true);

    deps.clock.advance(31 * day);
    await endLapsedHolds(deps);
    await sweepDeadlines(deps);
    await endLapsedHolds(deps);
    await settle();
    expect((await doc(`leads/${both.id}`)).exists).toBe(true);
    deps.clock.advance(7 * day);
    await endLapsedHolds(deps);
    await endLapsedHolds(deps);
    await settle();
    expect((await doc(`leads/${both.id}`)).exists).toBe(false);
    expect(await evidenceOf(person)).toBe(0);
    expect((await doc(`holds/${second}`)).get("state")).toBe("ended");
    expect(await actionsOf(deps, shop.tenantId, "hold-ended")).toBe(1);
  });

  it("refuses to erase one conversation or lead that a hold keeps, and erases it when it is lifted", async () => {
    const person = await arrive("hanna");
    const { subjectId, conversationId } = person;
    const lead = await leadOf(person, "hanna-lead-2");
    const holdId = await hold(person, { conversationIds: [conversationId], leadIds: [lead.id] }, "hanna");
    const scopes = [
      { kind: "conversation", subjectId, conversationId },
      { kind: "lead", subjectId, leadId: lead.id },
    ] as const;
    for (const scope of scopes) await expect(erase(scope)).rejects.toMatchObject({ code: "legal-hold" });
    expect((await doc(`conversations/${conversationId}`)).get("subjectState")).toBe("active");
    await liftHold(deps, staffActor, shop.tenantId, holdId, "settled");
    for (const scope of scopes) await erase(scope);
    await expect(hold(person, { leadIds: [lead.id] }, "hanna-2")).rejects.toMatchObject({ code: "subject-frozen" });
    const late = hold(person, { conversationIds: [conversationId] }, "hanna-3");
    await expect(late).rejects.toMatchObject({ code: "subject-frozen" });
    await settle();
    expect((await doc(`conversations/${conversationId}`)).exists).toBe(false);
    expect((await doc(`leads/${lead.id}`)).exists).toBe(false);
  });

  it("erases nothing under another person's id, and nothing that is not there", async () => {
    const [one, other] = [await arrive("ida"), await arrive("otto")];
    const lead = await leadOf(other, "otto-lead-2");
    const { subjectId } = one;
    const missing = "nothing0000000000001";
    const scopes = [
      { kind: "conversation", subjectId, conversationId: other.conversationId },
      { kind: "conversation", subjectId, conversationId: missing },
      { kind: "lead", subjectId, leadId: lead.id },
      { kind: "lead", subjectId, leadId: missing },
    ] as const;
    for (const scope of scopes) await expect(erase(scope)).rejects.toMatchObject({ code: "not-found" });
    expect((await doc(`conversations/${other.conversationId}`)).get("subjectState")).toBe("active");
  });

  it("answers the request when one conversation is erased, and nobody is reminded of it", async () => {
    const person = await arrive("rita");
    const { subjectId, conversationId } = person;
    const answered = await actionsOf(deps, shop.tenantId, "request-completed");
    const { requestId } = await erase({ kind: "conversation", subjectId, conversationId });
    expect((await doc(`requests/${requestId}`)).get("state")).toBe("received");
    await settle();
    expect((await doc(`requests/${requestId}`)).get("state")).toBe("completed");
    expect(await actionsOf(deps, shop.tenantId, "request-completed")).toBe(answered + 1);
    const before = deps.mail.letters.length;
    deps.clock.advance(31 * day);
    await sweepDeadlines(deps);
    expect(deps.mail.letters.slice(before).map(({ subject }) => subject)).not.toContainEqual(
      expect.stringContaining("request"),
    );
  });

  it.each(["person", "conversation", "lead"] as const)(
    "says in the receipt of a %s what was done and no more",
    async (kind) => {
      const person = await arrive(`zoe-${kind}`);
      const { subjectId, conversationId } = person;
      const lead = await leadOf(person, `zoe-${kind}-lead`);
      const { jobId } = await erase(
        {
          person: { kind: "person", subjectId } as const,
          conversation: { kind: "conversation", subjectId, conversationId } as const,
          lead: { kind: "lead", subjectId, leadId: lead.id } as const,
        }[kind],
      );
      await settle();
      const receipt = await receiptOf(jobId);
      const { searched = [], method } = receipt?.residue ?? { method: "" };
      const backups = receipt?.exceptions.find(({ name }) => name === "dataBackups");
      const names = (receipt?.exceptions ?? []).map(({ name }) => name);
      expect(receipt?.unreadableBy !== undefined).toBe(kind === "person");
      expect(backups?.reason).toContain(kind === "person" ? "goes with this erasure" : "stays in use");
      expect(names.includes("keyBackups")).toBe(kind === "person");
      expect(names.includes("subjects")).toBe(kind === "lead");
      expect(method).toContain(
        { person: "subject id", conversation: "conversation id", lead: "look-up of the lead" }[kind],
      );
      expect(searched).toEqual(expect.arrayContaining(["exportFiles"]));
      expect(searched.includes("subjects")).toBe(kind === "person");
      expect(searched.filter((name) => name === "leads")).toHaveLength(kind === "conversation" ? 0 : 1);
      for (const { finishedAt } of receipt?.stores ?? []) expect(finishedAt <= (receipt?.issuedAt ?? "")).toBe(true);
    },
  );

  it("finds what is left behind more held records than a page has, deletes it and says so", async () => {
    const person = await arrive("rest");
    const { subjectId, conversationId } = person;
    await hold(person, { conversationIds: [conversationId] }, "rest");
    const { jobId } = await erase(whole(person));
    await settle();
    const tenant = deps.stores.data.doc(`tenants/${shop.tenantId}`);
    const batches = [0, 1, 2].map((part) => {
      const batch = deps.stores.data.batch();
      for (let number = 0; number < 400; number += 1)
        batch.set(tenant.collection(`conversations/${conversationId}/turns`).doc(`held${part}x${number}`), {
          subjectId,
        });
      return batch.commit();
    });
    await Promise.all(batches);
    const late = tenant.collection("conversations/zzzzzzzzzzzzzzzzzzzzzzzzzz/turns").doc("late");
    await late.set({ subjectId });
    const job = await findJob(deps.stores, shop.tenantId, jobId);
    if (job === undefined) throw new Error("the job is gone");
    const run = {
      job,
      cursor: undefined,
      assertHeld: () => Promise.resolve(),
      keepLease: () => Promise.resolve(),
      outOfTime: () => false,
    };
    await searchResidue.run(deps, run);
    expect((await late.get()).exists).toBe(false);
    expect((await tenant.collection(`conversations/${conversationId}/turns`).count().get()).data().count).toBe(1_201);
    expect((await findTombstone(deps.stores, shop.tenantId, jobId))?.residue?.found).toBe(1);
  });

  it("opens a held chat of an erased person under the keys of its own, with an entry, and nobody else's", async () => {
    const [person, other] = [await arrive("karl"), await arrive("kurt")];
    const holdId = await hold(person, { conversationIds: [person.conversationId] }, "karl");
    const openHold = await hold(other, { conversationIds: [other.conversationId] }, "kurt");
    const listed = async () =>
      (await listHolds(deps, shop.tenantId)).holds.flatMap(({ holdId: id, subjectErased }) =>
        subjectErased ? id : [],
      );
    expect(await listed()).not.toContain(holdId);
    await erase(whole(person));
    await settle();
    expect(await listed()).toContain(holdId);
    expect(await listed()).not.toContain(openHold);
    const before = await actionsOf(deps, shop.tenantId, "held-item-read");
    expect(await readHeldItem(deps, shop.staff, holdId, person.conversationId)).toMatchObject({
      turns: [{ question: "karl asks" }],
      more: false,
    });
    expect(await actionsOf(deps, shop.tenantId, "held-item-read")).toBe(before + 1);
    for (const [id, itemId] of [
      [openHold, other.conversationId],
      [holdId, other.conversationId],
    ] as const)
      await expect(readHeldItem(deps, shop.staff, id, itemId)).rejects.toMatchObject({ code: "not-found" });
  });

  it("destroys the key of a person with a verified address in the commit after the request, and still tells them", async () => {
    const person = await arrive("vera");
    const email = { kind: "email", value: "vera@people.example" } as const;
    await createLead(deps, person, { email: email.value, message: "write to me" }, "vera-lead-1");
    await verifyIdentifier(deps, staffActor, person, email, "showed a passport");
    const keys = (name: string) => deps.stores.keys.doc(`tenants/${shop.tenantId}/${name}`).get();
    const { jobId } = await erase(whole(person));
    expect((await keys(`deks/${person.subjectId}`)).exists).toBe(false);
    expect((await keys(`jobKeys/${jobId}`)).exists).toBe(true);
    await settle();
    expect(deps.mail.letters.map(({ to }) => to)).toContain(email.value);
    expect((await keys(`jobKeys/${jobId}`)).exists).toBe(false);
  });

  it("tells a person whose request died before the key went: the job destroys it and knows the address", async () => {
    const person = await arrive("viola");
    const email = { kind: "email", value: "viola@people.example" } as const;
    await createLead(deps, person, { email: email.value, message: "write to me" }, "viola-lead-1");
    await verifyIdentifier(deps, staffActor, person, email, "showed a passport");
    const { data, keys, directory, region } = deps.stores;
    const mortal = new Proxy(keys, {
      get(target, name) {
        if (name === "batch") throw new Error("died");
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const dying = { ...deps, stores: { data, keys: mortal, directory, region } };
    const request = requestErasure(dying, staffActor, shop.tenantId, whole(person), "asked");
    await expect(request).rejects.toThrow("died");
    deps.clock.advance(400);
    await resumeStalledJobs(deps);
    await settle();
    expect(deps.mail.letters.map(({ to }) => to)).toContain(email.value);
    expect((await keys.doc(`tenants/${shop.tenantId}/deks/${person.subjectId}`).get()).exists).toBe(false);
  });

  it("withdraws a person's exports when one chat is erased, also one that is being built", async () => {
    const person = await arrive("xenia");
    const { subjectId, conversationId } = person;
    const what = { subjectId, format: "json" } as const;
    const ready = await requestExport(deps, staffActor, shop.tenantId, what, "xenia-export-1");
    await settle();
    expect((await doc(`requests/${ready.exportId}`)).get("state")).toBe("completed");
    const building = await requestExport(deps, staffActor, shop.tenantId, what, "xenia-export-2");
    const collecting = await findJob(deps.stores, shop.tenantId, building.jobId);
    if (collecting === undefined) throw new Error("no job");
    const run = {
      job: collecting,
      cursor: undefined,
      assertHeld: () => Promise.resolve(),
      keepLease: () => Promise.resolve(),
      outOfTime: () => false,
    };
    await collect.run(deps, run);
    await erase({ kind: "conversation", subjectId, conversationId });
    await settle();
    for (const { exportId } of [ready, building]) {
      expect((await doc(`exports/${exportId}`)).get("state")).toBe("withdrawn");
      expect(await deps.buckets.list("exports", `${shop.tenantId}/${exportId}/`)).toEqual([]);
      const link = issueExportLink(deps, shop.staff, exportId);
      await expect(link).rejects.toMatchObject({ code: "link-expired" });
    }
  });

  it("lists holds that nobody lifted before those that are over, page by page", async () => {
    const listed = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof listHolds>> = await listHolds(deps, shop.tenantId, { cursor });
      listed.push(...page.holds);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const states = listed.map(({ state }) => state === "active");
    expect(states).toContain(false);
    expect(states.lastIndexOf(true)).toBeLessThan(states.indexOf(false));
    expect(new Set(listed.map(({ holdId }) => holdId)).size).toBe(listed.length);
  });
});
