import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { channelKeyFor, sessionTokenFor } from "../../../functions/src/identity/tokens.ts";
import { chatTurnRoutes } from "../../../functions/src/routes/chat-turn.ts";
import { widgetRoutes } from "../../../functions/src/routes/widget.ts";
import { type Served, serveTable } from "../../support/shop.ts";
import { tenantIdOf, testDeps } from "../../support/test-deps.ts";

const touched: string[] = [];
const plain = testDeps();
const forbidden = (name: string) => {
  touched.push(name);
  throw new Error(`${name} was opened`);
};
/** Every store, key and model call is an error of the test, and is remembered. */
const deps = {
  ...plain,
  stores: {
    region: plain.stores.region,
    get data() {
      return forbidden("data");
    },
    get keys() {
      return forbidden("keys");
    },
    get directory() {
      return forbidden("directory");
    },
  },
  kms: new Proxy(plain.kms, { get: (_, name) => forbidden(`kms.${String(name)}`) }),
  model: new Proxy(plain.model, { get: (_, name) => forbidden(`model.${String(name)}`) }),
  databases: { assertOpen: async () => forbidden("the record of open databases") },
};

const tenantId = tenantIdOf("bakery");
const person = {
  kind: "data-subject",
  tenantId,
  subjectId: "subject0000000000000",
  conversationId: "conversation00000000",
  channelId: "channel0000000000000",
  sessionId: "session0000000000000",
} as const;
const token = sessionTokenFor(deps.config, person, new Date("2025-01-16T12:00:00Z"));
const channelKey = channelKeyFor(deps.config, tenantId, person.channelId);

let chatTurn: Served;
let widget: Served;

beforeAll(async () => {
  chatTurn = await serveTable(chatTurnRoutes, () => deps);
  widget = await serveTable(widgetRoutes, () => deps);
});

afterAll(async () => {
  await chatTurn.close();
  await widget.close();
});

interface Sent {
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  to?: () => string;
}

async function send({ body = '{"question":"Hello?"}', headers = {}, to }: Sent) {
  const answer = await fetch(to?.() ?? `${chatTurn.url}/v1/chat/turns`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": "key-12345678",
      authorization: `Bearer ${token}`,
      ...headers,
    },
    body,
  });
  return { status: answer.status, type: answer.headers.get("content-type"), problem: await answer.json() };
}

const question = (text: string) => JSON.stringify({ question: text });
const forged = `${token.slice(0, -4)}AAAA`;
const expired = sessionTokenFor(deps.config, person, new Date("2025-01-15T11:59:59Z"));
const foreign = token.replace("lethe_eu_", "lethe_us_");

describe("a question that cannot be one", () => {
  it.each<[string, Sent, number, string]>([
    ["is empty", { body: question("") }, 400, "input-invalid"],
    ["is only spaces", { body: question(" \n\t ") }, 400, "input-invalid"],
    ["is one character too long", { body: question("x".repeat(4_001)) }, 400, "input-invalid"],
    ["has a lone surrogate", { body: '{"question":"\\ud800"}' }, 400, "input-invalid"],
    [
      "is not UTF-8",
      { body: Uint8Array.from([...Buffer.from('{"question":"'), 0xff, 0xfe, ...Buffer.from('"}')]) },
      400,
      "input-invalid",
    ],
    ["is a megabyte", { body: question("x".repeat(1024 * 1024)) }, 413, "input-too-large"],
    ["is no JSON", { body: "question=Hello" }, 400, "input-invalid"],
    ["is no text", { body: '{"question":{"$ne":null}}' }, 400, "input-invalid"],
    ["brings a field that nobody asked for", { body: '{"question":"Hi","tenantId":"other"}' }, 400, "input-invalid"],
    [
      "is sent as a form",
      { headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "input-not-supported",
    ],
    ["is compressed", { headers: { "content-encoding": "gzip" } }, 415, "input-not-supported"],
    ["has no idempotency key", { headers: { "idempotency-key": "" } }, 400, "input-invalid"],
    ["has a path as idempotency key", { headers: { "idempotency-key": "../../x/../../y" } }, 400, "input-invalid"],
    ["has a forged session", { headers: { authorization: `Bearer ${forged}` } }, 401, "unauthenticated"],
    ["has an expired session", { headers: { authorization: `Bearer ${expired}` } }, 401, "session-expired"],
    [
      "has a session of another region's name",
      { headers: { authorization: `Bearer ${foreign}` } },
      401,
      "unauthenticated",
    ],
    ["has no session", { headers: { authorization: "" } }, 401, "unauthenticated"],
  ])("%s: a problem document, and no store is asked", async (_, sent, status, code) => {
    const answer = await send(sent);
    expect(answer).toMatchObject({ status, type: "application/problem+json", problem: { status, code } });
    expect(touched).toEqual([]);
  });
});

describe("a session request that cannot be one", () => {
  const body = JSON.stringify({ noticeVersion: 1, noticeAcknowledged: true, consents: {} });
  const at = (path: string) => () => `${widget.url}${path}`;
  const bogus = (key: string) => ({ body, to: at("/v1/widget/sessions"), headers: { "lethe-channel": key } });
  it.each<[string, Sent, number]>([
    [
      "names a channel that we did not make",
      bogus(channelKey.replace("channel0000000000000", "channel0000000000001")),
      401,
    ],
    ["names no channel", bogus(""), 401],
    ["names a path as channel", bogus("lethe_eu_channel_../../x"), 401],
    ["names a reserved id as channel", bogus("__proto__"), 401],
    ["names 1,501 bytes as channel", bogus("a".repeat(1_501)), 401],
    ["has consents with odd names", { ...bogus(channelKey), body: body.replace("{}", '{"__x__":true}') }, 400],
    ["has a notice version that is no number", { ...bogus(channelKey), body: body.replace("1", '"1"') }, 400],
  ])("%s: a problem document, and no store is asked", async (_, sent, status) => {
    expect(await send(sent)).toMatchObject({ status, type: "application/problem+json" });
    expect(touched).toEqual([]);
  });

  it.each([
    ["/v1/widget/settings?channel=%00", 401],
    ["/v1/widget/settings?channel=..%2F..%2F", 401],
    ["/v1/widget/settings", 400],
    [`/v1/widget/settings?channel=${"a".repeat(1_501)}`, 400],
    ["/v1/widget/panel?channel=lethe_eu_channel_x", 401],
    ["/v1/widget/%2e%2e/sessions", 404],
  ])("GET %s is answered with %i", async (path, status) => {
    const answer = await fetch(`${widget.url}${path}`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(touched).toEqual([]);
  });

  it.each([["yesterday"], ["0000-01-01T00:00:00Z"], ["2025-01-15"]])(
    "a history before %s is refused",
    async (before) => {
      const answer = await fetch(`${widget.url}/v1/widget/history?before=${before}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(400);
      expect(touched).toEqual([]);
    },
  );
});

it("a whole request reaches the stores, so that the tests above mean something", async () => {
  expect((await send({})).status).toBe(500);
  expect(touched).not.toEqual([]);
});
