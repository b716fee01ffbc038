import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readHistory } from "../../functions/src/conversations/read-history.ts";
import { issueExportLink } from "../../functions/src/exports/issue-export-link.ts";
import { changeRetention } from "../../functions/src/retention/change-retention.ts";
import { adjustableClasses } from "../../functions/src/retention/policy.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import type { Served } from "../support/served.ts";
import { byBearer, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const day = 86_400;

describe("what is past its period, before the purge takes it", () => {
  let deps: TestDeps;
  let api: Served;
  let desk: Desk;
  let key: string;
  const guests: Record<string, Guest> = {};
  const leads: Record<string, string> = {};

  const tenant = (path: string) => deps.stores.data.doc(`tenants/${desk.tenantId}/${path}`);
  const get = async (path: string, token = key) => {
    const { status, json } = await api.call("GET", path, byBearer(token));
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what the route's schema describes
    return { status, json: json as any };
  };
  const of = (name: string) => guests[name] as Guest;
  /** Whose conversations, or leads, a list holds. */
  const listed = async (list: "conversations" | "leads") => {
    const { json } = await get(`/v1/${list}`);
    const subjects = (json[list] as { subjectId: string }[]).map(({ subjectId }) => subjectId);
    return Object.keys(guests).filter((name) => subjects.includes(of(name).subjectId));
  };

  beforeAll(async () => {
    deps = testDeps();
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "bakery");
    key = await desk.key(["conversations:read", "conversations:write", "leads:read", "subjects:read", "exports:read"]);
    for (const name of ["plain", "held", "frozen", "fresh"]) {
      if (name === "fresh") deps.clock.advance(5 * day);
      const guest = await welcome(deps, api, desk);
      guests[name] = guest;
      await guest.ask(`a question of ${name}`);
      leads[name] = await guest.leave({ email: `${name}@people.example`, message: "call me" });
    }
    const hold = { conversationIds: [of("held").conversationId], leadIds: [leads.held ?? ""] };
    const endsAt = new Date(deps.clock.now().getTime() + 1_000 * day * 1000);
    const person = { tenantId: desk.tenantId, subjectId: of("held").subjectId };
    await placeHold(deps, desk.owner.actor, person, { ...hold, basis: "a lawsuit", endsAt }, "hold-1-of-the-test");
    await tenant(`subjects/${of("frozen").subjectId}`).update({ state: "restricted" });
    const createdAt = deps.clock.now();
    const expiresAt = new Date(createdAt.getTime() + 7 * day * 1000);
    await tenant("exports/e1").set({ state: "ready", format: "bag", createdAt, expiresAt });
    deps.clock.advance(2 * day);
    for (const name of ["conversation", "lead", "export"] as const)
      await changeRetention(deps, desk.owner, name, name === "export" ? 2 : 6);
    expect(await listed("conversations")).toEqual(["plain", "held", "frozen", "fresh"]);
    deps.clock.advance(day - 120);
    // An instance that has looked before the change holds.
    expect(await listed("conversations")).toEqual(["plain", "held", "frozen", "fresh"]);
    deps.clock.advance(181);
  });
  afterAll(async () => {
    await api.close();
    await deps.close();
  });

  it("is not listed, but for what is held or restricted", async () => {
    expect(await listed("conversations")).toEqual(["held", "frozen", "fresh"]);
    expect(await listed("leads")).toEqual(["held", "frozen", "fresh"]);
    expect((await tenant(`conversations/${of("plain").conversationId}`).get()).exists).toBe(true);
  });

  it("goes on to the next page, whatever a page leaves out", async () => {
    const first = await get("/v1/conversations?limit=3");
    const { json } = await get(`/v1/conversations?limit=3&cursor=${String(first.json.nextCursor)}`);
    expect(first.json.conversations.length + json.conversations.length).toBe(3);
    expect(json.nextCursor).toBeUndefined();
  });

  it("is not opened or changed by staff", async () => {
    const path = (name: string) => `/v1/conversations/${of(name).conversationId}`;
    expect((await get(path("plain"))).status).toBe(404);
    expect((await get(path("held"))).status).toBe(200);
    expect((await get(path("fresh"))).status).toBe(200);
    const change = await api.call("PUT", `${path("plain")}/inbox`, byBearer(key, { body: { tags: ["late"] } }));
    expect(change.status).toBe(404);
  });

  it("is not among what is known of its person", async () => {
    const { json } = await get(`/v1/subjects/${of("plain").subjectId}`);
    expect([json.conversations, json.leads]).toEqual([[], []]);
  });

  it("is not read by its visitor, who is told that it is gone", async () => {
    const history = (name: string) => {
      const { conversationId, subjectId } = of(name);
      const { tenantId, account } = desk;
      const ids = { tenantId, subjectId, conversationId, channelId: account.channelId, sessionId: "s1" };
      return readHistory(deps, { kind: "data-subject", ...ids }, undefined);
    };
    await expect(history("plain")).rejects.toMatchObject({ code: "subject-erased" });
    expect((await history("held")).turns).toHaveLength(1);
    expect((await history("fresh")).turns).toHaveLength(1);
  });

  it("is an export that cannot be fetched", async () => {
    expect((await get("/v1/exports")).json.exports).toEqual([]);
    await expect(issueExportLink(deps, desk.owner, "e1")).rejects.toMatchObject({
      code: "link-expired",
    });
  });

  it("is said to be hidden of those classes alone", () => {
    const hidden = Object.entries(adjustableClasses).flatMap(([name, { hiddenAtOnce }]) =>
      hiddenAtOnce ? [name] : [],
    );
    expect(hidden).toEqual(["conversation", "lead", "export"]);
  });
});
