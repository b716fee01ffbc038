import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { scopes } from "../../functions/src/identity/create-api-key.ts";
import { pageOfEntries } from "../../functions/src/ledger/page-of-entries.ts";
import type { Route } from "../../functions/src/routes/route.ts";
import { routeTables } from "../../functions/src/routes/tables.ts";
import { readAuditTrail } from "../../functions/src/tenants/read-audit-trail.ts";
import { bodyFor, pathFor, type Things } from "../support/route-samples.ts";
import { fieldsOf, schemasOf, textAt, withText } from "../support/secret-paths.ts";
import type { Reply, Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";

const deps = testDeps();
const rows = Object.values(routeTables).flatMap((table) => Object.entries(table));
const suspicious = /password|secret|token|api-?key|card|credential|cvc|iban/i;
/** Signing out would end the session of the calls after it. */
const callable = rows.filter(([name]) => name !== "POST /v1/auth/sign-out");

/** Marked fields that no call here fills: an export's link needs an export, an identity a business's signature. */
const notFilled = new Set(["POST /v1/exports/{exportId}/links answer 201 url"]);

let api: Served;
let desk: Desk;
let guest: Guest;
let cookie: string;
let apiKey: string;
const secrets = new Map<string, string>();
const filled = new Set<string>();
const problems: { name: string; text: string }[] = [];
const lines: string[] = [];
const { log } = console;

/** Ids that lead nowhere, for routes that name a thing: they answer with a problem document. */
const nothing = new Proxy(
  {},
  { get: (_, name) => (name === "email" ? "nobody@people.example" : "nothing0000000000000") },
) as Things;

function marked(row: Route, place: string): (readonly string[])[] {
  return schemasOf(row)
    .filter((schema) => schema.place === place)
    .flatMap(({ shape, io }) => fieldsOf(shape, io))
    .filter(({ isSecret }) => isSecret)
    .map(({ path }) => path);
}

function credentialsFor(caller: string): Record<string, string>[] {
  if (caller === "public") return [{}];
  if (caller === "channel") return [{ "lethe-channel": desk.account.channelKey }];
  if (caller === "data-subject") return [byBearer(guest.token).headers ?? {}];
  return [byCookie(deps, cookie).headers ?? {}, byBearer(apiKey).headers ?? {}];
}

async function send(name: string, row: Route, body: object | undefined, headers: Record<string, string>) {
  const [method = ""] = name.split(" ");
  const key = row.idempotent ? { "idempotency-key": `${deps.ids.next()}${deps.ids.next()}` } : {};
  const reply: Reply = await api.call(method, pathFor(name, nothing), {
    headers: { ...key, "x-forwarded-for": `${deps.ids.next()}, 10.0.0.1`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  if (reply.status >= 400) problems.push({ name, text: reply.text });
  for (const path of marked(row, `answer ${reply.status}`)) {
    const value = textAt(reply.json, path);
    if (value === undefined) continue;
    filled.add(`${name} answer ${reply.status} ${path.join(".")}`);
    secrets.set(value, name);
  }
}

/** Calls a route with canaries in its secret fields: as it takes them, too long, and of another type. */
async function callWithCanaries(name: string, row: Route): Promise<void> {
  const body = bodyFor(name, row, nothing);
  const paths = marked(row, "body");
  for (const headers of credentialsFor(row.caller)) {
    if (paths.length > 0) await send(name, row, body, headers);
    let whole = body;
    for (const path of paths) {
      const canary = `sekret-${deps.ids.next()}`;
      secrets.set(canary, name);
      filled.add(`${name} body ${path.join(".")}`);
      whole = withText(whole ?? {}, path, canary);
    }
    await send(name, row, whole, headers);
    for (const path of paths) {
      const text = textAt(whole, path) ?? "";
      await send(name, row, withText(whole ?? {}, path, text.repeat(400)), headers);
      await send(name, row, withText(whole ?? {}, path, { [text]: text }), headers);
    }
  }
}

beforeAll(async () => {
  console.log = (line: string) => void lines.push(line);
  api = await serveAll(deps);
  desk = await openDesk(deps, api, "sealers");
  cookie = await desk.signIn("olive");
  apiKey = await desk.key(scopes);
  guest = await welcome(deps, api, desk);
  for (const known of ["password of olive", cookie, cookie.slice(cookie.indexOf("=") + 1), apiKey, guest.token])
    secrets.set(known, "a credential of the test");
  for (const [name, row] of callable) {
    await callWithCanaries(name, row);
    deps.clock.advance(60);
  }
  // The right password too, and the change to another.
  const change = { currentPassword: "password of olive", newPassword: "sekret-password-of-olive" };
  secrets.set(change.newPassword, "POST /v1/auth/password");
  cookie = await desk.signIn("olive");
  const headers = byCookie(deps, cookie).headers ?? {};
  const changed = await api.call("POST", "/v1/auth/password", { body: change, headers });
  expect(changed.status).toBe(204);
}, 120_000);
afterAll(async () => {
  console.log = log;
  await api.close();
  await deps.close();
});

/** Secrets that a text holds, by the route they went through. */
const leaksIn = (text: string) => [...secrets].filter(([value]) => text.includes(value)).map(([, name]) => name);

describe("fields of routes", () => {
  it.each(rows)("%s: a field with the name of a secret is marked as one", (_name, row) => {
    const unmarked = schemasOf(row)
      .flatMap(({ shape, io }) => fieldsOf(shape, io))
      .filter(({ path, isText, isSecret }) => isText && !isSecret && suspicious.test(path.at(-1) ?? ""));
    expect(unmarked.map(({ path }) => path.join("."))).toEqual([]);
  });

  it("that the log may show the values of are never secrets, nor text that people write as they like", () => {
    const safe = rows.flatMap(([, row]) => schemasOf(row).flatMap(({ shape, io }) => fieldsOf(shape, io)));
    expect(safe.filter(({ isSafe }) => isSafe).length).toBeGreaterThan(2);
    expect(safe.filter(({ isSafe, isSecret, isFree }) => isSafe && (isSecret || isFree))).toEqual([]);
  });

  it("are filled with canaries, or their values are caught, wherever they are marked", () => {
    const all = callable.flatMap(([name, row]) =>
      schemasOf(row).flatMap(({ place }) => marked(row, place).map((path) => `${name} ${place} ${path.join(".")}`)),
    );
    expect(all.length).toBeGreaterThan(10);
    expect([...new Set(all)].filter((field) => !filled.has(field) && !notFilled.has(field))).toEqual([]);
  });
});

describe("a secret that went through a route", () => {
  it("is in no log line", () => {
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.flatMap(leaksIn)).toEqual([]);
  });

  it("is in no problem document", () => {
    expect(new Set(problems.map(({ name }) => name)).size).toBeGreaterThan(20);
    expect(problems.filter(({ text }) => leaksIn(text).length > 0)).toEqual([]);
  });

  it("is in no audit entry, as it is hashed and as staff see it opened", async () => {
    const { entries } = await pageOfEntries(deps.stores, desk.tenantId, {}, { limit: 5_000 });
    expect(entries.length).toBeGreaterThan(30);
    const leaves = entries.map(({ leaf }) => Buffer.from(leaf).toString("utf8"));
    expect(leaves.flatMap(leaksIn)).toEqual([]);
    let cursor: string | undefined;
    do {
      const page = await readAuditTrail(deps, desk.owner, { limit: 100, cursor });
      expect(page.entries.flatMap((entry) => leaksIn(JSON.stringify(entry)))).toEqual([]);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  });
});

describe("what people write into a change", () => {
  it("is in no leaf: a change is recorded by the names of its fields and commitments", async () => {
    const { entries } = await pageOfEntries(deps.stores, desk.tenantId, {}, { limit: 5_000 });
    const leaves = entries.map(({ leaf }) => Buffer.from(leaf).toString("utf8"));
    expect(leaves.filter((leaf) => leaf.includes('"settings-changed"')).length).toBeGreaterThan(0);
    // Every sample of tests/support/route-samples.ts says `canary` where people write freely.
    expect(leaves.filter((leaf) => leaf.includes("canary"))).toEqual([]);
  });
});
