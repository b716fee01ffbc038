import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createApiKey, scopes } from "../../functions/src/identity/create-api-key.ts";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { takeNudge } from "../../functions/src/ledger/take-nudge.ts";
import type { Route } from "../../functions/src/routes/route.ts";
import { routeTables } from "../../functions/src/routes/tables.ts";
import { addIdentityKey } from "../../functions/src/visitors/add-identity-key.ts";
import { leavesOf } from "../support/audit-log.ts";
import { undeclaredCollections } from "../support/check-declared.ts";
import { bodyFor, namesInBody, namesThing, pathFor, samplePublicKey, type Things } from "../support/route-samples.ts";
import type { Reply, Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";
import { watchFirestore } from "../support/watch-firestore.ts";

const watch = watchFirestore();
const deps = testDeps();
let api: Served;
let own: Desk;
let ownCookie: string;
let ownKey: string;
let ownGuest: Guest;
let neighbor: Desk;
let neighborGuest: Guest;
let things: Things;

const secretWords = "the florist's visitor asked about white lilies";
const person = "fiona@people.example";

const lines: string[] = [];
const { log } = console;
console.log = (line: string) => void lines.push(line);

const rows = Object.values(routeTables).flatMap((table) => Object.entries(table));
const special = new Set(["public", "channel", "data-subject"]);
const staffRows = rows.filter(([, row]) => !special.has(row.caller));
const visitorRows = rows.filter(([, row]) => row.caller === "data-subject");
const channelRows = rows.filter(([, row]) => row.caller === "channel");
/** Signing out ends the session that the other tests use; its caller is its only subject. */
const ending = new Set(["POST /v1/auth/sign-out"]);

/** Calls a route with the ids of somebody's things. */
function call(name: string, row: Route, of: Things, headers: Readonly<Record<string, string>>): Promise<Reply> {
  const [method = ""] = name.split(" ");
  const body = bodyFor(name, row, of);
  const key = row.idempotent ? { "idempotency-key": `${deps.ids.next()}${deps.ids.next()}` } : {};
  const path = pathFor(name, of);
  const address = { "x-forwarded-for": `${deps.ids.next()}, 10.0.0.1` };
  return api.call(method, path, {
    headers: { ...key, ...address, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

/** Every document of a tenant with its version. */
async function versionsOf(tenantId: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  const walk = async (path: string, database: FirebaseFirestore.Firestore): Promise<void> => {
    for (const collection of await database.doc(path).listCollections()) {
      for (const ref of await collection.listDocuments()) {
        const snapshot = await ref.get();
        if (snapshot.exists) versions[`${database.databaseId}/${ref.path}`] = String(snapshot.updateTime?.valueOf());
        await walk(ref.path, database);
      }
    }
  };
  for (const database of [deps.stores.data, deps.stores.keys]) {
    const root = await database.doc(`tenants/${tenantId}`).get();
    versions[`${database.databaseId}/${root.ref.path}`] = String(root.updateTime?.valueOf());
    await walk(`tenants/${tenantId}`, database);
  }
  return versions;
}

beforeAll(async () => {
  api = await serveAll(deps);
  own = await openDesk(deps, api, "bakery");
  ownCookie = await own.signIn("olive");
  ownKey = await own.key(scopes);
  ownGuest = await welcome(deps, api, own);
  neighbor = await openDesk(deps, api, "florist");
  neighborGuest = await welcome(deps, api, neighbor);
  await neighborGuest.ask(secretWords);
  const { tenantId } = neighbor;
  const leadId = await neighborGuest.leave({ email: person, message: secretWords });
  const asNeighbor = byCookie(deps, await neighbor.signIn("olive")).headers ?? {};
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const reply = await api.call("POST", path, {
      body,
      headers: { ...asNeighbor, "idempotency-key": deps.ids.next() },
    });
    if (reply.status >= 300) throw new Error(reply.text);
    return reply.json as Record<string, string>;
  };
  const document = await post("/v1/documents", {
    fileName: "lilies.md",
    contentType: "text/markdown",
    text: "# White lilies",
  });
  const { subjectId, conversationId } = neighborGuest;
  const exported = await post("/v1/exports", { subjectId, format: "json", reason: "asked for" });
  const key = await createApiKey(deps, neighbor.owner, { name: "lilies", scopes: ["leads:read"] });
  const identityKey = await addIdentityKey(deps, neighbor.owner, { name: "lilies", publicKey: samplePublicKey });
  const hold = await post(`/v1/subjects/${subjectId}/holds`, {
    conversationIds: [conversationId],
    basis: "a claim in court",
    endsAt: "2026-01-15T12:00:00Z",
  });
  const { schedule } = (await post("/v1/schedules", {
    ...{ every: "month", day: 1, hour: 3, timeZone: "Europe/Dublin" },
  })) as unknown as { schedule: { scheduleId: string } };
  const receiptId = deps.ids.next();
  await documentRef(deps.stores, "receipts", { tenantId, receiptId }).set({
    leaf: Buffer.from("x"),
    createdAt: deps.clock.now(),
  });
  things = {
    ...{ subjectId, conversationId, leadId, receiptId, email: person, logId: tenantId },
    documentId: document.documentId ?? "",
    jobId: document.jobId ?? "",
    exportId: exported.exportId ?? "",
    holdId: hold.holdId ?? "",
    itemId: conversationId,
    scheduleId: schedule.scheduleId,
    agentId: neighbor.account.agentId,
    channelId: neighbor.account.channelId,
    uid: await neighbor.hire("frank", "support"),
    keyId: key.key.keyId,
    identityKeyId: identityKey.keyId,
  };
  // Both have a log: what staff are shown of one is their own.
  for (const { tenantId: logId } of [own, neighbor]) await takeNudge(deps, logId, "test");
});
afterAll(async () => {
  const undeclared = await undeclaredCollections(deps.stores);
  await api.close();
  await deps.close();
  console.log = log;
  expect(undeclared).toEqual([]);
});

// What the tests themselves looked at is not counted.
beforeEach(() => void watch.touched());

/** Nothing of the neighbor was read, written or told. */
function expectNothingOf(reply: Reply): void {
  const touched = watch.touched().filter((name) => name.includes(neighbor.tenantId));
  expect(touched).toEqual([]);
  // A problem document may name the id that the caller asked for; an answer may not.
  if (reply.status < 400) for (const id of Object.values(things)) expect(reply.text).not.toContain(id);
  expect(reply.text).not.toContain(secretWords);
}

/** Whatever names a neighbor's thing says that there is none; anything else at least took the sample. */
function expectRefused(name: string, reply: Reply): void {
  // 410: an unknown person and an erased one are the same to whoever asks.
  const refusals = [403, 404, 410];
  if (namesThing(name) || namesInBody.includes(name)) expect(refusals).toContain(reply.status);
  else expect([200, 201, 202, 204, 401, 403]).toContain(reply.status);
}

describe("the neighbor's things are there", () => {
  // The receipt waits for its proof, and nobody is erased of whom a hold keeps something.
  it.each(staffRows.filter(([name]) => /^GET .*\{/.test(name) && !/receiptId|itemId/.test(name)))(
    "and %s shows them to the neighbor's own staff",
    async (name, row) => {
      const reply = await call(name, row, things, byBearer(await neighbor.key(scopes)).headers ?? {});
      expect(reply.status).toBe(200);
    },
  );
});

describe("a member of one tenant, with the ids of another", () => {
  let before: Record<string, string>;
  beforeAll(async () => {
    before = await versionsOf(neighbor.tenantId);
  });

  it.each(staffRows.filter(([name]) => !ending.has(name)))("gets nothing from %s", async (name, row) => {
    const reply = await call(name, row, things, byCookie(deps, ownCookie).headers ?? {});
    expectNothingOf(reply);
    expectRefused(name, reply);
  });

  it.each(staffRows)("gets nothing from %s with an API key of all scopes either", async (name, row) => {
    const reply = await call(name, row, things, byBearer(ownKey).headers ?? {});
    expectNothingOf(reply);
    expectRefused(name, reply);
  });

  it("has changed nothing there, after all of it", async () => {
    expect(await versionsOf(neighbor.tenantId)).toEqual(before);
  });
});

describe("a caller without the credentials of staff", () => {
  it.each(staffRows)("is refused by %s", async (name, row) => {
    const headers = [
      {},
      { cookie: `__Host-session=${"A".repeat(160)}`, origin: deps.config.APP_ORIGIN },
      { authorization: `Bearer ${ownGuest.token}` },
      { authorization: `Bearer ${own.account.channelKey}` },
      { "lethe-channel": own.account.channelKey },
      { authorization: `Bearer ${ownKey.slice(0, -1)}-` },
    ];
    for (const shown of headers) {
      const reply = await call(name, row, things, shown as Record<string, string>);
      expect(reply.json).toMatchObject({ status: 401, code: "unauthenticated" });
    }
  });
});

describe("a caller without the token of a visitor", () => {
  /** The token's parts with another content under the same seal. */
  function forged(change: Record<string, string | number>): string {
    const [stem = "", mac = ""] = ownGuest.token.split(".");
    const cut = stem.lastIndexOf("_") + 1;
    const at = /^lethe_eu_session_/.exec(stem)?.[0].length ?? cut;
    const ids = JSON.parse(Buffer.from(stem.slice(at), "base64url").toString("utf8")) as object;
    return `${stem.slice(0, at)}${Buffer.from(JSON.stringify({ ...ids, ...change })).toString("base64url")}.${mac}`;
  }

  it.each(visitorRows)("is refused by %s", async (name, row) => {
    const { tenantId } = neighbor;
    const tokens = [
      forged({ t: tenantId }),
      forged({ s: neighborGuest.subjectId }),
      forged({ c: neighborGuest.conversationId }),
      forged({ e: 4_000_000_000 }),
      ownKey,
      own.account.channelKey,
      `${ownGuest.token}A`,
    ];
    for (const token of tokens) {
      const reply = await call(name, row, things, { authorization: `Bearer ${token}` });
      expect(reply.json).toMatchObject({ status: 401, code: "unauthenticated" });
      expectNothingOf(reply);
    }
    for (const shown of [{}, byCookie(deps, ownCookie).headers ?? {}]) {
      expect((await call(name, row, things, shown)).json).toMatchObject({ status: 401, code: "unauthenticated" });
    }
  });

  it.each(visitorRows)("is refused by %s when the token's time is over", async (name, row) => {
    const guest = await welcome(deps, api, own);
    const now = deps.clock.now();
    deps.clock.advance(31 * 24 * 3600);
    try {
      const reply = await call(name, row, things, { authorization: `Bearer ${guest.token}` });
      expect(reply.json).toMatchObject({ status: 401, code: "session-expired" });
    } finally {
      deps.clock.set(now);
    }
  });

  it.each(visitorRows)("sees only its own from %s", async (name, row) => {
    const guest = await welcome(deps, api, own);
    watch.touched();
    const reply = await call(name, row, things, { authorization: `Bearer ${guest.token}` });
    expectNothingOf(reply);
    expect(reply.status).toBeLessThan(500);
  });
});

describe("a page without a channel's key", () => {
  it.each(channelRows)("is refused by %s", async (name, row) => {
    const key = own.account.channelKey;
    const keys = [
      "",
      key.replace(own.tenantId.slice(-16), neighbor.tenantId.slice(-16)),
      `${key.slice(0, -1)}${key.endsWith("0") ? "1" : "0"}`,
      ownGuest.token,
      ownKey,
    ];
    for (const shown of keys) {
      const [method = "", path = ""] = name.split(" ");
      const query = row.query === undefined ? "" : `?channel=${encodeURIComponent(shown).slice(0, 200)}`;
      const body = bodyFor(name, row, things);
      const reply = await api.call(method, `${path}${query}`, {
        headers: {
          "lethe-channel": shown,
          ...(row.idempotent ? { "idempotency-key": `${deps.ids.next()}${deps.ids.next()}` } : {}),
        },
        ...(body === undefined ? {} : { body }),
      });
      expect(reply.json).toMatchObject({ status: 401, code: "unauthenticated" });
      expectNothingOf(reply);
    }
  });
});

describe("the tenant", () => {
  it.each(rows.filter(([, row]) => row.body !== undefined && !row.rawBody))(
    "is never taken from the body of %s",
    async (name, row) => {
      const [method = ""] = name.split(" ");
      const body = { ...bodyFor(name, row, things), tenantId: neighbor.tenantId };
      const key = { "idempotency-key": `${deps.ids.next()}${deps.ids.next()}` };
      const credentials = row.caller === "data-subject" ? byBearer(ownGuest.token) : byCookie(deps, ownCookie);
      const reply = await api.call(method, pathFor(name, things), {
        headers: { ...key, ...credentials.headers },
        body,
      });
      expect(reply.json).toMatchObject({ status: 400, code: "input-invalid" });
    },
  );
});

describe("what people write, passwords and secrets", () => {
  const texts = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
  };

  it.each(rows.filter(([, row]) => row.body !== undefined && !row.rawBody))("can be told apart in %s", (name, row) => {
    const body = bodyFor(name, row, things) ?? {};
    // What is no free text: ids, words of a closed list, times, time zones and colors.
    const closed =
      /^(email|phone|json|text\/markdown|handled|viewer|remember|accuracy|claims|rejected|leads:read|#0{6}|2026-.*Z|week|month|Europe\/Dublin)$/;
    const free = texts(body).filter((text) => !Object.values(things).includes(text) && !closed.test(text));
    for (const text of free) expect(text).toContain("canary");
  });

  it("reached no entry of the trail and no log line, from whichever route", async () => {
    const leaves = await leavesOf(deps, own.tenantId);
    expect(leaves.length).toBeGreaterThan(40);
    const trail = JSON.stringify(leaves);
    const logged = lines.join("\n");
    expect(logged).toContain("POST /v1/members");
    for (const secret of ["canary", person, ownKey.slice(-32), "password of", ownGuest.token, ownCookie.slice(20)]) {
      expect(trail).not.toContain(secret);
      expect(logged).not.toContain(secret);
    }
  });
});
