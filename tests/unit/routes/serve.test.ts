import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { problemOf } from "../../../functions/src/platform/problem.ts";
import { type RouteTable, route } from "../../../functions/src/routes/route.ts";
import { type Reply, type Served, serveTable } from "../../support/served.ts";
import { throwingDeps } from "../../support/throwing-deps.ts";

let opened = 0;
/** Counts who asks whether the databases are open, which is a read of its own. */
const deps = {
  ...throwingDeps(),
  databases: {
    assertOpen: async () => {
      opened += 1;
    },
  },
};
const plain = { audit: { none: "a test" }, limit: "public-read", answer: { 200: "text" } } as const;
const recordId = z.string().regex(/^(?!__)[A-Za-z0-9_-]{1,128}$/);

const table: RouteTable = {
  "GET /v1/things/{thingId}": route({
    ...plain,
    caller: "public",
    summary: "Reads a thing",
    params: z.strictObject({ thingId: recordId }),
    query: z.strictObject({ limit: z.coerce.number().int().max(5).optional() }),
    handle: async (_deps, _caller, { params }) => ({ status: 200, body: params }),
  }),
  "GET /v1/things/newest": route({
    ...plain,
    caller: "public",
    summary: "A fixed path beside one with a parameter",
    handle: async () => ({ status: 200, body: "newest" }),
  }),
  "POST /v1/things": route({
    ...plain,
    caller: "public",
    summary: "Makes a thing",
    body: z.strictObject({ name: z.string().min(1).max(10) }),
    idempotent: true,
    handle: async (_deps, _caller, { body }, { idempotencyKey }) => ({
      status: 200,
      body: { ...body, idempotencyKey },
    }),
  }),
  "POST /v1/files": route({
    ...plain,
    caller: "public",
    summary: "Takes bytes",
    body: z.instanceof(Uint8Array),
    rawBody: true,
    handle: async (_deps, _caller, { body }) => ({ status: 200, body: body.length }),
  }),
  "POST /v1/bugs": route({
    ...plain,
    caller: "public",
    summary: "Has a bug",
    handle: async () => {
      throw new Error("SELECT secret FROM alice@shop.example");
    },
  }),
  "GET /v1/staff": route({
    ...plain,
    caller: "account:read",
    summary: "For staff",
    handle: async (used) => ({ status: 200, body: typeof used.stores.data }),
  }),
};

let api: Served;
beforeEach(() => {
  opened = 0;
});
beforeAll(async () => {
  api = await serveTable(table, () => deps);
});
afterAll(() => api.close());

const key = { "idempotency-key": "12345678" };

function expectProblem(reply: Reply, status: number, code: string): void {
  expect({ status: reply.status, ...(reply.json as object) }).toMatchObject({ status, code });
  expect(reply.headers.get("content-type")).toBe("application/problem+json");
  expect(reply.headers.get("cache-control")).toBe("no-store");
}

describe("serve", () => {
  it("answers what the table says, and nothing else", async () => {
    expect((await api.call("GET", "/v1/things/abc")).json).toEqual({ thingId: "abc" });
    expect((await api.call("GET", "/v1/things/newest")).json).toBe("newest");
    expectProblem(await api.call("GET", "/v1/other"), 404, "not-found");
    expectProblem(await api.call("GET", "/"), 404, "not-found");
    expectProblem(await api.call("GET", "/v1/things/abc/more"), 404, "not-found");
    expectProblem(await api.call("GET", "/v1/things/"), 400, "input-invalid");
  });

  it("names the methods of a path when another one is used", async () => {
    const reply = await api.call("DELETE", "/v1/things/abc");
    expectProblem(reply, 405, "method-not-allowed");
    expect(reply.headers.get("allow")).toBe("GET");
  });

  it.each([
    ["a slash", "%2F"],
    ["a slash within", "abc%2Fdef"],
    ["the parent", "%2E%2E"],
    ["the parent twice encoded", "%252E%252E"],
    ["a name that Firestore reserves", "__x__"],
    ["NUL", "%00"],
    ["NUL within", "abc%00def"],
    ["1,501 bytes", "a".repeat(1501)],
    ["the parent in clear", ".."],
    ["a broken escape", "%zz"],
    ["an escape that is not UTF-8", "%ff"],
    ["another alphabet", "%D0%B0bc"],
    ["a space", "%20"],
  ])("refuses an id of %s before any database is asked", async (_what, id) => {
    expectProblem(await api.call("GET", `/v1/things/${id}`), 400, "input-invalid");
    expect(opened).toBe(0);
  });

  it("asks whether the databases are open before it handles anything", async () => {
    await api.call("GET", "/v1/things/newest");
    expect(opened).toBe(1);
  });

  it("refuses query parameters that the row does not have", async () => {
    expectProblem(await api.call("GET", "/v1/things/abc?limit=9"), 400, "input-invalid");
    expectProblem(await api.call("GET", "/v1/things/abc?email=alice@shop.example"), 400, "input-invalid");
    expectProblem(await api.call("GET", "/v1/things/newest?x=1"), 400, "input-invalid");
  });

  it.each<[string, number, string, unknown, Record<string, string>]>([
    ["broken JSON", 400, "input-invalid", '{"name":', {}],
    ["no body", 400, "input-invalid", "", {}],
    ["bytes that are not UTF-8", 400, "input-invalid", Uint8Array.of(0x22, 0xff, 0xfe, 0x22), {}],
    ["a field more", 400, "input-invalid", { name: "a", tenantId: "lethe_us_tenant_x" }, {}],
    ["an empty text", 400, "input-invalid", { name: "" }, {}],
    ["a list", 400, "input-invalid", [], {}],
    ["another type", 415, "input-not-supported", "name=a", { "content-type": "application/x-www-form-urlencoded" }],
    ["a form", 415, "input-not-supported", "--x--", { "content-type": "multipart/form-data; boundary=x" }],
    ["JSON that is compressed", 415, "input-not-supported", gzipSync('{"name":"a"}'), { "content-encoding": "gzip" }],
    ["1 MB", 413, "input-too-large", { name: "a".repeat(1024 * 1024) }, {}],
  ])("refuses %s", async (_what, status, code, body, headers) => {
    expectProblem(await api.call("POST", "/v1/things", { body, headers: { ...key, ...headers } }), status, code);
    expect(opened).toBe(0);
  });

  it("says where the input is wrong, and never quotes it", async () => {
    const reply = await api.call("POST", "/v1/things", { body: { name: "alice@shop.example" }, headers: key });
    expect(reply.json).toMatchObject({ issues: [{ path: "name" }] });
    expect(reply.text).not.toContain("alice");
    const broken = await api.call("POST", "/v1/things", { body: '{"name": alice@shop.example', headers: key });
    expect(broken.text).not.toContain("alice");
  });

  it("refuses a body where the row takes none", async () => {
    expectProblem(await api.call("POST", "/v1/bugs", { body: {} }), 400, "input-invalid");
  });

  it("hands bytes over as they are where the row asks for them", async () => {
    const headers = { "content-type": "application/pdf" };
    const reply = await api.call("POST", "/v1/files", { body: Uint8Array.of(0, 255, 254), headers });
    expect([reply.status, reply.json]).toEqual([200, 3]);
  });

  it.each(["", "short", "has space 12", "x".repeat(101)])(
    "insists on an idempotency key, and not %p",
    async (value) => {
      const headers: Record<string, string> = value === "" ? {} : { "idempotency-key": value };
      expectProblem(await api.call("POST", "/v1/things", { body: { name: "a" }, headers }), 400, "input-invalid");
    },
  );

  it("hides a bug behind a trace id", async () => {
    const reply = await api.call("POST", "/v1/bugs");
    expectProblem(reply, 500, "bug");
    expect(reply.text).not.toMatch(/secret|alice|Error|stack/);
    expect(reply.json).toMatchObject({ trace: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(Object.keys(reply.json as object).sort()).toEqual(["code", "retry", "status", "title", "trace", "type"]);
  });

  it.each([
    ["nothing", {}],
    ["a made-up cookie", { cookie: `__Host-session=${"A".repeat(120)}` }],
    ["a cookie of another size", { cookie: "__Host-session=A" }],
    ["a made-up API key", { authorization: "Bearer lethe_eu_key_x" }],
    ["a token of another scheme", { authorization: "Basic YTpi" }],
    ["a broken bearer", { authorization: "Bearer " }],
  ])("refuses staff who show %s, before any database is asked", async (_what, headers) => {
    expectProblem(
      await api.call("GET", "/v1/staff", { headers: headers as Record<string, string> }),
      401,
      "unauthenticated",
    );
    expect(opened).toBe(0);
  });

  it("sends an API key of another region there, before any database is asked", async () => {
    const text = `lethe_us_key_${"a".repeat(16)}_${"b".repeat(20)}_${"c".repeat(32)}`;
    const reply = await api.call("GET", "/v1/staff", { headers: { authorization: `Bearer ${text}` } });
    expectProblem(reply, 421, "wrong-region");
    expect(reply.json).toMatchObject({ region: "us" });
  });

  it("lets the console read answers with its cookies, and nobody else", async () => {
    const own = await api.call("GET", "/v1/things/abc", { headers: { origin: deps.config.APP_ORIGIN } });
    expect(own.headers.get("access-control-allow-origin")).toBe(deps.config.APP_ORIGIN);
    expect(own.headers.get("access-control-allow-credentials")).toBe("true");
    const other = await api.call("GET", "/v1/things/abc", { headers: { origin: "https://evil.example" } });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    const preflight = await api.call("OPTIONS", "/v1/things", { headers: { origin: "https://evil.example" } });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, null]);
  });
});

describe("a problem document", () => {
  it("of a failure on our side has no detail", () => {
    expect(problemOf(new Error("secret"), "t1")).toEqual({
      type: "about:blank",
      title: "Something failed on our side",
      status: 500,
      code: "bug",
      trace: "t1",
      retry: false,
    });
  });
});
