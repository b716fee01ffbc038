import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { takeNudge } from "../../functions/src/ledger/take-nudge.ts";
import type { Route } from "../../functions/src/routes/route.ts";
import { routeTables } from "../../functions/src/routes/tables.ts";
import { actionsDuring } from "../support/audit-log.ts";
import { bodyFor, pathFor, type Things } from "../support/route-samples.ts";
import type { Reply, Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";
import { settleJobs } from "../support/world.ts";

const deps = testDeps();
const audited = Object.values(routeTables)
  .flatMap((table): [string, Route][] => Object.entries(table))
  .flatMap(([name, row]) => (typeof row.audit === "string" ? [[name, row.audit, row] as const] : []));

/** Routes that succeed only in a state that this test does not make, each with the test that asserts its entry. */
const elsewhere: Readonly<Record<string, string>> = {
  "GET /v1/holds/{holdId}/items/{itemId}": "an item whose person is gone: held-erasure.test.ts",
  "PUT /v1/documents/{documentId}/review": "an answer whose person is gone: saved-answers.test.ts",
};

let api: Served;
let business: string;
let desk: Desk;
let guest: Guest;
let cookie: string;
let things: Things;

const fresh = () => `${deps.ids.next()}${deps.ids.next()}`;

async function send(
  name: string,
  body: object | undefined,
  headers?: Readonly<Record<string, string>>,
): Promise<Reply> {
  const [method = ""] = name.split(" ");
  const common = { "idempotency-key": fresh(), "x-forwarded-for": `${deps.ids.next()}, 10.0.0.1` };
  const options = { headers: { ...common, ...(headers ?? byCookie(deps, cookie).headers) } };
  return api.call(method, pathFor(name, things), body === undefined ? options : { ...options, body });
}

interface Made {
  jobId: string;
  schedule: object;
  key: object;
  identityKey: { keyId: string };
}

/** Calls another route first, and takes what it made. */
async function first(name: string, body?: object): Promise<Made> {
  const row = audited.find(([known]) => known === name)?.[2] ?? {};
  const reply = await send(name, body ?? bodyFor(name, row, things));
  if (reply.status >= 300) throw new Error(`${name} was answered with ${reply.status}: ${reply.text}`);
  return reply.json as Made;
}

/** Takes the ids of what a call made. */
function withThings(made: object): void {
  things = { ...things, ...made };
}
const restrict = () => first("POST /v1/subjects/{subjectId}/restriction");
const upload = async () => withThings(await first("POST /v1/documents"));
const setWebhook = () => first("PUT /v1/webhook");
const proof = () => ({ confirmation: `${business} & Co`, password: "password of olive" });

/** What must be so before a route can do what it is for. */
const arrange: Readonly<Record<string, () => Promise<unknown>>> = {
  "POST /v1/conversations/{conversationId}/restricted-use": restrict,
  "POST /v1/subjects/{subjectId}/restriction/lift": restrict,
  "POST /v1/subjects/{subjectId}/objection/decision": () => first("POST /v1/subjects/{subjectId}/objection"),
  "POST /v1/holds/{holdId}/extension": async () => withThings(await first("POST /v1/subjects/{subjectId}/holds")),
  "POST /v1/holds/{holdId}/lift": async () => withThings(await first("POST /v1/subjects/{subjectId}/holds")),
  "GET /v1/documents/{documentId}/text": upload,
  "DELETE /v1/documents/{documentId}": upload,
  "POST /v1/jobs/{jobId}/cancel": async () => withThings(await first("POST /v1/exports")),
  "POST /v1/jobs/{jobId}/retry": async () => {
    const { jobId } = await first("POST /v1/exports");
    const failure = { code: "no-answer", reason: "as a test says", step: "collect", retryable: true };
    await documentRef(deps.stores, "jobs", { tenantId: desk.tenantId, jobId }).update({
      state: "failed",
      failure,
      wakeAt: null,
    });
    withThings({ jobId });
  },
  "POST /v1/exports/{exportId}/links": async () => {
    withThings(await first("POST /v1/exports"));
    await settleJobs(deps, desk.tenantId);
  },
  "PUT /v1/schedules/{scheduleId}": async () => withThings((await first("POST /v1/schedules")).schedule),
  "DELETE /v1/schedules/{scheduleId}": async () => withThings((await first("POST /v1/schedules")).schedule),
  "PUT /v1/members/{uid}": async () => withThings({ uid: await desk.hire("frank", "support") }),
  "DELETE /v1/members/{uid}": async () => withThings({ uid: await desk.hire("gina", "support") }),
  "DELETE /v1/keys/{keyId}": async () => withThings((await first("POST /v1/keys")).key),
  "DELETE /v1/identity-keys/{identityKeyId}": async () => {
    withThings({ identityKeyId: (await first("POST /v1/identity-keys")).identityKey.keyId });
  },
  "POST /v1/webhook/secret": setWebhook,
  "POST /v1/webhook/test": setWebhook,
  "DELETE /v1/webhook": setWebhook,
  "GET /v1/audit/log/tile/entries/{bundle+}": () => takeNudge(deps, desk.tenantId, "test"),
  "POST /v1/account/closure/cancel": () => first("POST /v1/account/closure", proof()),
  "POST /v1/account/closure/waive": () => first("POST /v1/account/closure", proof()),
};

/** Where the sample of a body is refused on purpose. */
const bodies: Readonly<Record<string, () => object>> = {
  "POST /v1/auth/sign-in": () => ({ email: `olive@${business}.example`, password: "password of olive" }),
  "POST /v1/auth/password": () => ({ currentPassword: "password of olive", newPassword: "another password of olive" }),
  "POST /v1/account/closure": proof,
  "POST /v1/account/closure/waive": proof,
};

function credentialsFor({ caller }: Route): Readonly<Record<string, string>> | undefined {
  if (caller === "channel") return { "lethe-channel": desk.account.channelKey };
  if (caller === "data-subject") return byBearer(guest.token).headers;
  return caller === "public" ? {} : undefined;
}

beforeAll(async () => {
  api = await serveAll(deps);
});
afterAll(async () => {
  await api.close();
  await deps.close();
});

/** Routes that end what the others need or have one of: the notice, a key, the session, the password, the account. Each has a business of its own. */
const ending = /^POST \/v1\/(notices|identity-keys|auth\/(sign-out|password)|account\/closure.*)$/;

/** A member who is signed in, a visitor with a chat and a lead, and the ids of what they have. */
async function open(name: string): Promise<void> {
  business = name;
  desk = await openDesk(deps, api, name);
}

async function arrive(): Promise<void> {
  // So that no limit on calls meets the next one.
  deps.clock.advance(3_600);
  cookie = await desk.signIn("olive");
  guest = await welcome(deps, api, desk);
  const email = "vera@people.example";
  const leadId = await guest.leave({ email, message: "call me" });
  await guest.ask("When do you open?");
  const { subjectId, conversationId } = guest;
  const { agentId, channelId } = desk.account;
  things = { subjectId, conversationId, leadId, email, agentId, channelId, logId: desk.tenantId } as Things;
}

async function expectEntry(name: string, action: string, row: Route): Promise<void> {
  await arrive();
  await arrange[name]?.();
  const left = await actionsDuring(deps, desk.tenantId, async () => {
    const reply = await send(name, bodies[name]?.() ?? bodyFor(name, row, things), credentialsFor(row));
    if (reply.status >= 300) throw new Error(`${name} was answered with ${reply.status}: ${reply.text}`);
  });
  expect(left).toContain(action);
}

describe("a call that succeeds leaves its entry", () => {
  beforeAll(() => open("coverage"));
  const rows = audited.filter(([name]) => elsewhere[name] === undefined && !ending.test(name));
  it.each(rows)("%s: %s", expectEntry);
});

describe("a call that ends something leaves its entry", () => {
  it.each(audited.filter(([name]) => ending.test(name)))("%s: %s", async (name, action, row) => {
    await open(`ending${audited.findIndex(([known]) => known === name)}`);
    await expectEntry(name, action, row);
  });
});

describe("the routes that are not called here", () => {
  it("exist, and each names the test that asserts its entry", () => {
    expect(audited.length).toBeGreaterThan(60);
    for (const [name, reason] of Object.entries(elsewhere)) {
      expect(audited.map(([known]) => known)).toContain(name);
      expect(existsSync(`tests/integration/${/[a-z-]+\.test\.ts$/.exec(reason)?.[0]}`)).toBe(true);
    }
  });
});
