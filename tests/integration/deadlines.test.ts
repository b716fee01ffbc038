import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { sweepDeadlines } from "../../functions/src/deadlines/sweep-deadlines.ts";
import { heldPaths } from "../../functions/src/subject-requests/held-items.ts";
import { extendHold } from "../../functions/src/subject-requests/holds/extend-hold.ts";
import { liftHold } from "../../functions/src/subject-requests/holds/lift-hold.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { createRequest, markAnswered } from "../../functions/src/subject-requests/store.ts";
import { actionsOf } from "../support/actions-of.ts";
import type { Served } from "../support/served.ts";
import { type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const day = 86_400;

describe("deadlines", () => {
  let deps: TestDeps;
  let api: Served;
  let desk: Desk;
  let guest: Guest;
  let lastTold = 0;
  let holds = 0;

  beforeAll(async () => {
    deps = testDeps();
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "bakery");
    await desk.hire("petra", "privacy");
    await desk.hire("paul", "privacy");
    await desk.hire("vera", "viewer");
    guest = await welcome(deps, api, desk);
    await guest.ask("a question of canary alice");
  });
  afterAll(async () => {
    await api.close();
    await deps.close();
  });
  beforeEach(() => {
    lastTold = deps.mail.letters.length;
  });

  const subject = () => ({ tenantId: desk.tenantId, subjectId: guest.subjectId });
  const inDays = (days: number) => new Date(deps.clock.now().getTime() + days * day * 1000);
  const place = (days: number) => {
    holds += 1;
    const hold = {
      conversationIds: [guest.conversationId],
      leadIds: [],
      basis: "the canary case",
      endsAt: inDays(days),
    };
    return placeHold(deps, desk.owner.actor, subject(), hold, `hold-key-${holds}`);
  };
  /** Whom a sweep told, of what. */
  const told = async () => {
    await sweepDeadlines(deps);
    const fresh = deps.mail.letters.slice(lastTold).map(({ to, subject: line }) => `${to.split("@")[0]}: ${line}`);
    lastTold = deps.mail.letters.length;
    return fresh.sort();
  };
  const both = (line: string) => [`paul: ${line}`, `petra: ${line}`];

  it("of a hold are told 14 and 3 days before, and when it is over: once to each of the privacy staff, nobody else", async () => {
    const holdId = await place(20);
    expect(await told()).toEqual([]);
    deps.clock.advance(6 * day);
    expect(await told()).toEqual(both("A legal hold ends in 14 days"));
    expect(await told()).toEqual([]);
    deps.clock.advance(11 * day);
    await Promise.all([sweepDeadlines(deps), sweepDeadlines(deps)]);
    expect(await told()).toEqual(both("A legal hold ends in 3 days"));
    deps.clock.advance(3 * day);
    expect(await told()).toEqual(both("A legal hold is over and needs your review"));
    expect(await told()).toEqual([]);
    expect(await actionsOf(deps, desk.tenantId, "deadline-reminded")).toBe(3);
    const letter = deps.mail.letters.at(-1);
    expect(letter?.textBody).toContain(holdId);
    expect(letter?.textBody).toContain(`${deps.config.APP_ORIGIN}/holds`);
    expect(letter?.htmlBody).toContain("<p>");
    expect(JSON.stringify(letter)).not.toMatch(/canary|alice/);
  });

  it("leave what a hold kept alone for a week after staff were told that it is over, and not longer", async () => {
    const held = () => heldPaths(deps.stores, desk.tenantId, deps.clock.now());
    expect(await held()).toHaveLength(1);
    deps.clock.advance(7 * day - 60);
    expect(await held()).toHaveLength(1);
    deps.clock.advance(61);
    expect(await held()).toEqual([]);
  });

  it("tell the others when one address fails, or takes no mail at all, and go on to the next", async () => {
    await desk.hire("pia", "privacy");
    const members = deps.stores.data.collection(`tenants/${desk.tenantId}/members`);
    const pia = (await members.where("name", "==", "pia").get()).docs[0];
    await pia?.ref.update({ email: "pia@bounce.example" });
    const [first, second] = [await place(4), await place(15)];
    deps.clock.advance(day);
    deps.mail.failFor("paul@bakery.example");
    await expect(sweepDeadlines(deps)).rejects.toThrow("2 reminders could not be sent");
    const [soon, later] = ["A legal hold ends in 3 days", "A legal hold ends in 14 days"];
    const lines = () =>
      deps.mail.letters.slice(lastTold).map(({ to, subject: line }) => `${to.split("@")[0]}: ${line}`);
    expect(lines().sort()).toEqual([`petra: ${later}`, `petra: ${soon}`]);
    deps.mail.failFor(undefined);
    await sweepDeadlines(deps);
    expect(lines().sort()).toEqual([...both(later), ...both(soon)].sort());
    const notes = (await deps.stores.data.doc(`tenants/${desk.tenantId}/holds/${first}`).get()).get("reminders");
    expect(Object.keys(notes[`3-${pia?.id}`]).sort()).toEqual(["claimedAt", "undeliverableAt"]);
    lastTold = deps.mail.letters.length;
    expect(await told()).toEqual([]);
    await pia?.ref.update({ state: "removed" });
    for (const hold of [first, second]) await liftHold(deps, desk.owner.actor, desk.tenantId, hold, "settled");
  });

  it("keep a hold while nobody can be told", async () => {
    const holdId = await place(1);
    deps.clock.advance(2 * day);
    deps.mail.failNext("before");
    deps.mail.failNext("before");
    await expect(sweepDeadlines(deps)).rejects.toThrow("1 reminders could not be sent");
    deps.clock.advance(30 * day);
    expect(await heldPaths(deps.stores, desk.tenantId, deps.clock.now())).toHaveLength(1);
    expect(await told()).toEqual(both("A legal hold is over and needs your review"));
    // In the week of review the duty may turn out to go on.
    await extendHold(deps, desk.owner.actor, desk.tenantId, holdId, { endsAt: inDays(40), reason: "it goes on" });
    deps.clock.advance(26 * day);
    expect(await told()).toEqual(both("A legal hold ends in 14 days"));
    await liftHold(deps, desk.owner.actor, desk.tenantId, holdId, "settled");
    deps.clock.advance(20 * day);
    expect(await told()).toEqual([]);
  });

  it("of a data subject's request are told 7 and 2 days before, and when it is overdue, until it is answered", async () => {
    const file = async (id: string) => {
      const receivedAt = deps.clock.now();
      const request = { id, ...subject(), kind: "access", state: "received", origin: "data-subject" } as const;
      await deps.stores.data.runTransaction(async (tx) => {
        createRequest(tx, deps.stores, { ...request, receivedAt, dueAt: inDays(30) }, undefined);
      });
    };
    await file("answered000000000001");
    await file("forgotten00000000001");
    deps.clock.advance(22 * day);
    expect(await told()).toEqual([]);
    deps.clock.advance(day);
    const answered = { tenantId: desk.tenantId, id: "answered000000000001" };
    await deps.stores.data.runTransaction(async (tx) => markAnswered(tx, deps.stores, answered, deps.clock.now()));
    expect(await told()).toEqual(both("A data subject's request must be answered in 7 days"));
    deps.clock.advance(5 * day);
    expect(await told()).toEqual(both("A data subject's request must be answered in 2 days"));
    deps.clock.advance(3 * day);
    expect(await told()).toEqual(both("A data subject's request is overdue"));
    deps.clock.advance(30 * day);
    expect(await told()).toEqual([]);
  });

  it("of a business without privacy staff are told to its owners", async () => {
    const other = await openDesk(deps, api, "florist");
    const visitor = await welcome(deps, api, other);
    await visitor.ask("a question");
    const hold = { conversationIds: [visitor.conversationId], leadIds: [], basis: "a claim", endsAt: inDays(10) };
    const who = { tenantId: other.tenantId, subjectId: visitor.subjectId };
    await placeHold(deps, other.owner.actor, who, hold, "the-florists-hold");
    deps.clock.advance(7 * day);
    expect(await told()).toEqual(["olive: A legal hold ends in 3 days"]);
  });
});
