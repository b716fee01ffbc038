import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { listSchedules } from "../../functions/src/schedules/change-schedules.ts";
import { sweepSchedules } from "../../functions/src/schedules/sweep-schedules.ts";
import { actionsOf } from "../support/actions-of.ts";
import type { Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, openDesk, serveAll } from "../support/staff-desk.ts";
import { type TestDeps, tenantIdOf, testDeps } from "../support/test-deps.ts";

describe("a tenant's schedule", () => {
  let deps: TestDeps;
  let api: Served;
  let desk: Desk;
  let cookie: string;
  let scheduleId: string;
  // Wednesdays at 15:00 in Dublin; the test's clock stands at Wednesday, 12:00 UTC.
  const wednesdays = { every: "week", day: 3, hour: 15, timeZone: "Europe/Dublin" };

  const exportsMade = async () => (await deps.stores.data.collection(`tenants/${desk.tenantId}/exports`).get()).size;
  const stored = async () => (await listSchedules(deps, desk.tenantId)).find(({ id }) => id === scheduleId);
  const until = (time: string) => deps.clock.advance((Date.parse(time) - deps.clock.now().getTime()) / 1000);

  beforeAll(async () => {
    deps = testDeps();
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "bakery");
    cookie = await desk.signIn("olive");
  });
  afterAll(async () => {
    await api.close();
    await deps.close();
  });
  beforeEach(async () => {
    cookie = await desk.signIn("olive");
  });

  const write = (method: string, path: string, body?: unknown, key = `${deps.ids.next()}${deps.ids.next()}`) =>
    api.call(
      method,
      path,
      byCookie(deps, cookie, { ...(body === undefined ? {} : { body }), headers: { "idempotency-key": key } }),
    );

  it("is made once for an idempotency key, listed, and says when it runs next", async () => {
    const first = await write("POST", "/v1/schedules", wednesdays, "the-same-key-twice");
    const again = await write("POST", "/v1/schedules", wednesdays, "the-same-key-twice");
    expect([first.status, again.json]).toEqual([201, first.json]);
    const { schedule } = first.json as { schedule: { scheduleId: string; nextRunAt: string } };
    scheduleId = schedule.scheduleId;
    expect(schedule.nextRunAt).toBe("2025-01-15T15:00:00.000Z");
    const listed = (await write("GET", "/v1/schedules")).json as { schedules: unknown[] };
    expect(listed.schedules).toEqual([expect.objectContaining({ scheduleId, enabled: true, lastRunAt: null })]);
    expect(await actionsOf(deps, desk.tenantId, "schedule-created")).toBe(1);
  });

  it.each([
    [{ ...wednesdays, day: 8 }, "day of the week"],
    [{ ...wednesdays, every: "month", day: 29 }, "body"],
    [{ ...wednesdays, timeZone: "Mars/Olympus" }, "timeZone"],
    [{ ...wednesdays, hour: 24 }, "body"],
  ])("is refused when it never comes: %j", async (body, words) => {
    const refused = await write("POST", "/v1/schedules", body);
    expect([refused.status, refused.text.includes(words)]).toEqual([400, true]);
  });

  it("is not for roles that may not export the account", async () => {
    await desk.hire("vera", "viewer");
    const viewer = byCookie(deps, await desk.signIn("vera"));
    expect((await api.call("GET", "/v1/schedules", viewer)).status).toBe(403);
    const key = await desk.key(["leads:read"]);
    expect((await api.call("GET", "/v1/schedules", byBearer(key))).status).toBe(403);
  });

  it("starts nothing before its time, and one export at it, however many sweeps run", async () => {
    until("2025-01-15T14:59:00Z");
    await sweepSchedules(deps);
    expect(await exportsMade()).toBe(0);
    until("2025-01-15T15:00:00Z");
    await Promise.all([sweepSchedules(deps), sweepSchedules(deps), sweepSchedules(deps)]);
    await sweepSchedules(deps);
    expect(await exportsMade()).toBe(1);
    const { lastExportId, nextRunAt } = (await stored()) ?? {};
    expect(nextRunAt?.toISOString()).toBe("2025-01-22T15:00:00.000Z");
    const made = await deps.stores.data.doc(`tenants/${desk.tenantId}/exports/${lastExportId}`).get();
    expect(made.data()).toMatchObject({ scope: "account", format: "bag", state: "building" });
    expect(deps.publisher.published.filter(({ topic }) => topic === "export-steps")).toHaveLength(1);
    expect(await actionsOf(deps, desk.tenantId, "export-requested")).toBe(1);
  });

  it("makes up for weeks in which nobody swept with one run, and keeps the wall's hour over a change of clocks", async () => {
    until("2025-04-02T09:00:00Z");
    await sweepSchedules(deps);
    await sweepSchedules(deps);
    expect(await exportsMade()).toBe(2);
    expect((await stored())?.nextRunAt?.toISOString()).toBe("2025-04-02T14:00:00.000Z");
  });

  it("is passed over while the account is being closed, and goes on when that is taken back", async () => {
    const tenant = deps.stores.data.doc(`tenants/${desk.tenantId}`);
    await tenant.update({ status: "closing" });
    until("2025-04-02T14:01:00Z");
    await sweepSchedules(deps);
    expect(await exportsMade()).toBe(2);
    expect((await stored())?.nextRunAt?.toISOString()).toBe("2025-04-09T14:00:00.000Z");
    await tenant.update({ status: "active" });
    until("2025-04-09T14:01:00Z");
    await sweepSchedules(deps);
    expect(await exportsMade()).toBe(3);
  });

  it("waits when the tenant's key cannot be used, and does not hold up others", async () => {
    const other = await openDesk(deps, api, "florist");
    const otherCookie = byCookie(deps, await other.signIn("olive"), {
      body: wednesdays,
      headers: { "idempotency-key": "the-florists-schedule" },
    });
    await api.call("POST", "/v1/schedules", otherCookie);
    until("2025-04-16T14:01:00Z");
    const keys = deps.stores.keys.doc(`tenants/${desk.tenantId}`);
    const before = (await keys.get()).data();
    await keys.delete();
    deps.keyCache.forget(`tenant/${desk.tenantId}/turn/newest`);
    deps.keyCache.forget(`tenant/${desk.tenantId}/audit/newest`);
    await expect(sweepSchedules(deps)).rejects.toThrow("1 schedules could not be started");
    expect((await deps.stores.data.collection(`tenants/${other.tenantId}/exports`).get()).size).toBe(1);
    expect(await exportsMade()).toBe(3);
    await keys.set(before ?? {});
    await sweepSchedules(deps);
    expect(await exportsMade()).toBe(4);
  });

  it("runs although more of a business without keys are due before it than a page holds", async () => {
    const path = `tenants/${tenantIdOf("keyless")}/schedules`;
    const batch = deps.stores.data.batch();
    const due = { ...wednesdays, kind: "account-export", enabled: true, nextRunAt: deps.clock.now() };
    for (let number = 0; number < 101; number += 1)
      batch.set(deps.stores.data.doc(`${path}/s${number}`), { ...due, lastRunAt: null, createdAt: deps.clock.now() });
    await batch.commit();
    until("2025-04-23T14:01:00Z");
    await expect(sweepSchedules(deps)).rejects.toThrow("101 schedules could not be started");
    expect(await exportsMade()).toBe(5);
    await deps.stores.data.recursiveDelete(deps.stores.data.collection(path));
    cookie = await desk.signIn("olive");
  });

  it("is stopped, changed and deleted, each in the audit trail", async () => {
    const stopped = await write("PUT", `/v1/schedules/${scheduleId}`, { ...wednesdays, enabled: false });
    expect((stopped.json as { schedule: unknown }).schedule).toMatchObject({ enabled: false, nextRunAt: null });
    until("2025-04-30T14:01:00Z");
    await sweepSchedules(deps);
    expect(await exportsMade()).toBe(5);
    cookie = await desk.signIn("olive");
    expect((await write("DELETE", `/v1/schedules/${scheduleId}`)).status).toBe(204);
    expect((await write("DELETE", `/v1/schedules/${scheduleId}`)).status).toBe(404);
    expect(await actionsOf(deps, desk.tenantId, "schedule-changed")).toBe(1);
    expect(await actionsOf(deps, desk.tenantId, "schedule-deleted")).toBe(1);
  });
});
