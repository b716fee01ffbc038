import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { leavesOf } from "../support/audit-log.ts";
import type { Reply, Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";

const deps = testDeps();
let api: Served;
let desk: Desk;
let guest: Guest;
let cookie: string;

const proof = { confirmation: "bakery & Co", password: "password of olive" };
const path = "/v1/account/closure";
const call = (method: string, to: string, body?: unknown): Promise<Reply> =>
  api.call(method, to, byCookie(deps, cookie, body === undefined ? {} : { body }));
const visit = (method: string, to: string, body?: unknown): Promise<Reply> =>
  api.call(method, to, {
    headers: { authorization: `Bearer ${guest.token}`, "idempotency-key": deps.ids.next() + deps.ids.next() },
    ...(body === undefined ? {} : { body }),
  });

beforeAll(async () => {
  api = await serveAll(deps);
  desk = await openDesk(deps, api, "bakery");
  guest = await welcome(deps, api, desk);
  await guest.ask("When do you open?");
  cookie = await desk.signIn("olive");
});
afterAll(async () => {
  await api.close();
  await deps.close();
});

describe("asking for the deletion of an account", () => {
  it.each([
    ["a wrong password", { ...proof, password: "canary" }, 401, "sign-in-refused"],
    ["another name", { ...proof, confirmation: "bakery" }, 422, "confirmation-wrong"],
    ["no name", { password: proof.password }, 400, "input-invalid"],
  ])("is refused with %s", async (_what, body, status, code) => {
    expect((await call("POST", path, body)).json).toMatchObject({ status, code });
    expect((await call("GET", path)).json).toEqual({ state: "open", graceDays: 30, holds: 0 });
  });

  it("is refused to an admin, and to an API key of all scopes", async () => {
    await desk.hire("ada", "admin");
    const ada = await desk.signIn("ada");
    expect((await api.call("POST", path, byCookie(deps, ada, { body: proof }))).status).toBe(403);
    const key = await desk.key(["account:read"]);
    expect((await api.call("POST", path, byBearer(key, { body: proof }))).status).toBe(403);
  });

  it("is refused while legal holds are in force, and says how many", async () => {
    const hold = { conversationIds: [guest.conversationId], leadIds: [], basis: "a claim in court" };
    const subject = { tenantId: desk.tenantId, subjectId: guest.subjectId };
    const endsAt = new Date(deps.clock.now().getTime() + 3_600_000);
    await placeHold(deps, desk.owner.actor, subject, { ...hold, endsAt }, "hold-1");
    await placeHold(deps, desk.owner.actor, subject, { ...hold, endsAt }, "hold-2");
    const refused = await call("POST", path, proof);
    expect(refused.json).toMatchObject({ status: 409, code: "legal-hold" });
    expect((refused.json as { detail: string }).detail).toContain("2 legal holds are in force");
    expect((await call("GET", path)).json).toMatchObject({ state: "open", holds: 2 });
    deps.clock.advance(3_601);
  });

  it("freezes the account once, whoever clicks twice, and says until when", async () => {
    const clicks = await Promise.all([call("POST", path, proof), call("POST", path, proof)]);
    const again = await call("POST", path, { ...proof, confirmation: " bakery & Co " });
    expect([...clicks, again].map(({ status }) => status)).toEqual([200, 200, 200]);
    const ids = [...clicks, again].map(({ json }) => (json as { closure: { closureId: string } }).closure.closureId);
    expect(new Set(ids).size).toBe(1);
    expect(again.json).toMatchObject({
      state: "closing",
      closure: { goneBy: "2025-02-15T00:00:00.000Z", daysLeft: 30, requestedBy: desk.account.uid },
    });
    const actions = (await leavesOf(deps, desk.tenantId)).map(({ action }) => action);
    expect(actions.filter((action) => action === "closure-requested")).toHaveLength(1);
  });
});

describe("an account that is being closed", () => {
  beforeAll(() => deps.clock.advance(61));

  it.each([
    ["a question", () => visit("POST", "/v1/chat/turns", { question: "Are you there?" })],
    ["another conversation", () => visit("POST", "/v1/widget/conversations", {})],
    ["a lead", () => visit("POST", "/v1/widget/leads", { email: "ann@people.example", message: "Call me." })],
    [
      "a new visitor",
      () =>
        api.call("POST", "/v1/widget/sessions", {
          body: { noticeVersion: 1, noticeAcknowledged: true, consents: {} },
          headers: { "lethe-channel": desk.account.channelKey, "idempotency-key": deps.ids.next() + deps.ids.next() },
        }),
    ],
    [
      "a document",
      () =>
        api.call("POST", "/v1/documents", {
          ...byCookie(deps, cookie, {
            body: { fileName: "a.md", contentType: "text/markdown", text: "# A" },
            headers: { "idempotency-key": deps.ids.next() },
          }),
        }),
    ],
  ])("refuses %s, and says why", async (_what, ask) => {
    const reply = await ask();
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(reply.json).toMatchObject({
      status: 409,
      code: "account-closing",
      type: "urn:lethe:problem:account-closing",
    });
  });

  it.each([
    ["the panel", () => api.call("GET", `/v1/widget/panel?channel=${desk.account.channelKey}`)],
    ["their history", () => visit("GET", "/v1/widget/history")],
    ["their consents", () => visit("GET", "/v1/widget/consents")],
    [
      "a withdrawal",
      () => visit("POST", "/v1/widget/consents", { purpose: "remember", given: false, noticeVersion: 1 }),
    ],
  ])("still gives visitors %s", async (_what, ask) => {
    expect((await ask()).status).toBe(200);
  });

  it("still lets staff export and erase", async () => {
    const key = { "idempotency-key": "closing-export-1" };
    const everything = { body: { reason: "we leave" }, headers: key };
    expect((await api.call("POST", "/v1/account/exports", byCookie(deps, cookie, everything))).status).toBe(202);
    const preview = { body: { subjectId: guest.subjectId } };
    expect((await api.call("POST", "/v1/erasures/preview", byCookie(deps, cookie, preview))).status).toBe(200);
  });

  it("can be kept after all, and answers again", async () => {
    expect((await call("POST", `${path}/cancel`)).json).toEqual({ state: "open", graceDays: 30, holds: 0 });
    expect((await call("POST", `${path}/cancel`)).status).toBe(200);
    deps.clock.advance(61);
    expect((await visit("POST", "/v1/chat/turns", { question: "Are you there?" })).status).toBe(200);
    const actions = (await leavesOf(deps, desk.tenantId)).map(({ action }) => action);
    expect(actions.filter((action) => action === "closure-cancelled")).toHaveLength(1);
  });

  it("has no grace to waive when nobody asked", async () => {
    expect((await call("POST", `${path}/waive`, proof)).json).toMatchObject({ status: 404, code: "not-found" });
  });
});
