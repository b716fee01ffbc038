import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ClosedAccount, findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { requestClosure } from "../../functions/src/closure/request-closure.ts";
import { sweepClosures } from "../../functions/src/closure/sweep-closures.ts";
import { waiveClosure } from "../../functions/src/closure/waive-closure.ts";
import { sweepDeadlines } from "../../functions/src/deadlines/sweep-deadlines.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { closingRegion, faultsOf, placesOf, runClosure } from "../support/closing-region.ts";
import { deliver, settleClosure } from "../support/closing-shop.ts";
import type { Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const proof = { confirmation: "bakery & Co", password: "password of olive" };
const daySeconds = 86_400;

/** How many records of a collection there were, as the certificate says. */
function stockIn(closed: ClosedAccount | undefined, name: string): number | undefined {
  const payload = Buffer.from(closed?.certificate?.envelope.payload ?? "", "base64").toString("utf8");
  const { stores } = JSON.parse(payload) as { stores: { name: string; count: number }[] };
  return stores.find((store) => store.name === name)?.count;
}

describe("the deletion of an account", () => {
  let deps: TestDeps;
  let api: Served;
  let desk: Desk;
  let guest: Guest;
  const account = () => findClosedAccount(deps.stores, desk.tenantId);
  const subject = () => ({ tenantId: desk.tenantId, subjectId: guest.subjectId });

  beforeEach(async () => {
    deps = testDeps();
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "bakery");
    guest = await welcome(deps, api, desk);
    await requestClosure(deps, desk.owner, proof);
  });
  afterEach(async () => {
    await api.close();
    await deps.close();
  });

  it("waits for a hold that was placed in the grace, and for the week in which staff look at its end", async () => {
    const items = { conversationIds: [guest.conversationId], leadIds: [], basis: "a claim in court" };
    const endsAt = new Date(deps.clock.now().getTime() + 33 * daySeconds * 1000);
    await placeHold(deps, desk.owner.actor, subject(), { ...items, endsAt }, "hold-1");
    await expect(waiveClosure(deps, desk.owner, proof)).rejects.toMatchObject({
      code: "legal-hold",
      message: expect.stringContaining("1 legal hold is in force"),
    });
    deps.clock.advance(31 * daySeconds);
    await sweepClosures(deps);
    expect(await account()).toBeUndefined();
    deps.clock.advance(3 * daySeconds);
    await sweepClosures(deps);
    expect(await account()).toBeUndefined();
    await sweepDeadlines(deps);
    deps.clock.advance(6 * daySeconds);
    await sweepClosures(deps);
    expect(await account()).toBeUndefined();
    deps.clock.advance(2 * daySeconds);
    await sweepClosures(deps);
    expect(await account()).toMatchObject({ state: "running" });
  });

  it("begins at once when the rest of the grace is waived, and from then on nobody comes in", async () => {
    const cookie = await desk.signIn("olive");
    const key = await desk.key(["jobs:read"]);
    const waived = await api.call("POST", "/v1/account/closure/waive", byCookie(deps, cookie, { body: proof }));
    expect(waived.json).toMatchObject({ state: "deleting" });
    expect(await account()).toMatchObject({ state: "running" });
    deps.clock.advance(61);
    const gone = { status: 410, code: "tenant-closed" };
    expect((await api.call("GET", "/v1/jobs", byCookie(deps, cookie))).json).toMatchObject(gone);
    expect((await api.call("GET", "/v1/jobs", byBearer(key))).json).toMatchObject(gone);
    await expect(desk.signIn("olive")).rejects.toThrow("status 401");
    const panel = `/v1/widget/panel?channel=${desk.account.channelKey}`;
    expect((await api.call("GET", panel)).json).toMatchObject(gone);
    await settleClosure(deps, desk.tenantId);
    expect(await account()).toMatchObject({ state: "done" });
    deps.clock.advance(61);
    expect((await api.call("GET", panel)).json).toMatchObject(gone);
    expect((await api.call("GET", "/v1/widget/history", byBearer(guest.token))).json).toMatchObject({ status: 410 });
    await expect(desk.signIn("olive")).rejects.toThrow("status 401");
    expect((await api.call("GET", "/v1/jobs", byCookie(deps, cookie))).json).toMatchObject({ status: 401 });
    const head = await api.call("GET", `/v1/logs/${desk.tenantId}/checkpoint`);
    expect([head.status, head.text.includes(desk.tenantId)]).toEqual([200, true]);
  });

  it("waits for an erasure under way, whose person is owed a notice", async () => {
    const scope = { kind: "person", subjectId: guest.subjectId } as const;
    await requestErasure(deps, desk.owner.actor, desk.tenantId, scope, undefined);
    await waiveClosure(deps, desk.owner, proof);
    await deliver(deps);
    expect(await findJob(deps.stores, desk.tenantId, (await account())?.jobId ?? "")).toMatchObject({
      step: "end-jobs",
    });
    await settleClosure(deps, desk.tenantId);
    // It had issued its receipt when stock was taken.
    expect(await account()).toMatchObject({ state: "done" });
    expect(stockIn(await account(), "receipts")).toBe(1);
  });

  it("ends an erasure that makes no progress for two hours", async () => {
    const scope = { kind: "person", subjectId: guest.subjectId } as const;
    await requestErasure(deps, desk.owner.actor, desk.tenantId, scope, undefined);
    deps.publisher.waiting.splice(0);
    await waiveClosure(deps, desk.owner, proof);
    await deliver(deps);
    deps.clock.advance(2 * 3_600 + 1);
    // Nobody delivers the erasure's messages, as if its function were down.
    await resumeStalledJobs(deps);
    for (const message of [...deps.publisher.waiting])
      if (message.topic === "erasure-steps") deps.publisher.waiting.splice(deps.publisher.waiting.indexOf(message), 1);
    await settleClosure(deps, desk.tenantId);
    expect(await account()).toMatchObject({ state: "done" });
    expect(stockIn(await account(), "receipts")).toBe(0);
  });

  it("is set going again by the sweep when it failed, since nobody of the account can", async () => {
    await waiveClosure(deps, desk.owner, proof);
    const jobId = (await account())?.jobId ?? "";
    for (let fault = 0; fault < 12; fault += 1) deps.mail.failNext("before");
    await settleClosure(deps, desk.tenantId, 30);
    expect(await findJob(deps.stores, desk.tenantId, jobId)).toMatchObject({
      state: "failed",
      step: "tell-recipients",
    });
    await sweepClosures(deps);
    await settleClosure(deps, desk.tenantId, 30);
    expect(await account()).toMatchObject({ state: "done", people: null });
    expect(await findJob(deps.stores, desk.tenantId, jobId)).toBeUndefined();
  });

  it("does not keep the account's record open for an address that fails and fails", async () => {
    await waiveClosure(deps, desk.owner, proof);
    deps.mail.failFor("olive@bakery.example");
    await settleClosure(deps, desk.tenantId, 30);
    expect(await account()).toMatchObject({ state: "running" });
    deps.clock.advance(8 * daySeconds);
    await sweepClosures(deps);
    await settleClosure(deps, desk.tenantId, 10);
    expect(await account()).toMatchObject({ state: "done", people: null });
  });

  it("tells every owner once, whatever becomes of the others: one address is dead, another fails for a time", async () => {
    for (const name of ["dora", "owen"]) {
      const uid = await desk.hire(name, "owner");
      const address = name === "dora" ? "dora@bounce.example" : "owen@bakery.example";
      await deps.stores.data.doc(`tenants/${desk.tenantId}/members/${uid}`).update({ email: address });
    }
    const told = (line: string) =>
      deps.mail.letters.flatMap(({ to, subject: title }) => (title.includes(line) ? [to.split("@")[0]] : []));
    deps.mail.failFor("olive@bakery.example");
    await expect(sweepClosures(deps)).rejects.toThrow("1 accounts could not be seen to");
    await expect(sweepClosures(deps)).rejects.toThrow("1 accounts could not be seen to");
    expect(told("is deleted in 30 days")).toEqual(["owen"]);
    deps.mail.failFor(undefined);
    await sweepClosures(deps);
    expect(told("is deleted in 30 days")).toEqual(["owen", "olive"]);
    deps.clock.advance(31 * daySeconds);
    deps.mail.failFor("olive@bakery.example");
    await sweepClosures(deps);
    await settleClosure(deps, desk.tenantId, 30);
    expect(told("has been deleted")).toEqual(["owen"]);
    deps.mail.failFor(undefined);
    await sweepClosures(deps);
    await settleClosure(deps, desk.tenantId, 10);
    expect(told("has been deleted")).toEqual(["owen", "olive"]);
    expect(await account()).toMatchObject({ state: "done", people: null });
  }, 120_000);
});

describe("the deletion of a large account, in memory", () => {
  it("deletes at least 400 documents an operation on the databases", async () => {
    const small = await closingRegion();
    const few = await runClosure(small);
    const large = await closingRegion();
    const { tenantId } = large.leaving;
    const { data } = large.operator.stores;
    const records = 20_000;
    for (let from = 0; from < records; from += 500) {
      const batch = data.batch();
      for (let number = from; number < from + 500; number += 1) {
        const conversation = `tenants/${tenantId}/conversations/c${number % 50}`;
        batch.set(data.doc(`${conversation}/turns/t${number}`), { subjectId: "somebody" });
      }
      await batch.commit();
    }
    const before = placesOf(large.region, large.staying.tenantId);
    const many = await runClosure(large);
    expect(await faultsOf(large, before)).toEqual([]);
    expect(records / (many - few)).toBeGreaterThanOrEqual(400);
  });
});
