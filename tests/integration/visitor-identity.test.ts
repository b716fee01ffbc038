import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createChannel } from "../../functions/src/agents/create-channel.ts";
import { channelKeyFor, openSessionToken } from "../../functions/src/identity/tokens.ts";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import { changeRetention } from "../../functions/src/retention/change-retention.ts";
import { chatTurnRoutes } from "../../functions/src/routes/chat-turn.ts";
import { widgetRoutes } from "../../functions/src/routes/widget.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { findVerifiedAddresses } from "../../functions/src/subjects/find-verified-addresses.ts";
import { searchSubjects } from "../../functions/src/subjects/search-subjects.ts";
import { addIdentityKey } from "../../functions/src/visitors/add-identity-key.ts";
import { listIdentityKeys, removeIdentityKey } from "../../functions/src/visitors/remove-identity-key.ts";
import { leavesOf } from "../support/audit-log.ts";
import { openShop, type Served, type Shop, serveTable, teach } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { Visitor } from "../support/visitor.ts";
import { claimsFor, newVoucher, type Voucher, vouch } from "../support/vouching-shop.ts";
import { watchFirestore } from "../support/watch-firestore.ts";

const watch = watchFirestore();
let deps: TestDeps;
let shop: Shop;
let other: Shop;
let functions: { widget: Served; chatTurn: Served };
const voucher = newVoucher("EdDSA");
const stranger = newVoucher("EdDSA", voucher.kid);

beforeAll(async () => {
  deps = testDeps();
  shop = await openShop(deps, "bakery");
  other = await openShop(deps, "florist");
  functions = {
    widget: await serveTable(widgetRoutes, () => deps),
    chatTurn: await serveTable(chatTurnRoutes, () => deps),
  };
  await addIdentityKey(deps, shop.staff, { name: "shop", publicKey: voucher.pem, kid: voucher.kid });
  await addIdentityKey(deps, other.staff, { name: "shop", publicKey: stranger.pem, kid: stranger.kid });
  await teach(deps, shop, "hours.md", "# Hours\n\nWe open at eight.");
});

afterAll(async () => {
  await functions.widget.close();
  await functions.chatTurn.close();
  await deps.close();
  expect(watch.faults()).toEqual([]);
});

// Past the minute in which one refusal of a kind is recorded.
beforeEach(() => deps.clock.advance(61));

const claims = (sub: string, more = {}) => claimsFor(shop.channelKey, sub, deps.clock.now(), more);
const tokenFor = (sub: string, more = {}) => vouch(voucher, claims(sub, more));

async function arriveWith(identity: unknown, options: { key?: string; channelKey?: string; consents?: object } = {}) {
  const visitor = new Visitor(functions);
  const { key = randomUUID(), channelKey = shop.channelKey, consents = {} } = options;
  const body = { noticeVersion: 1, noticeAcknowledged: true, consents, identity };
  const answer = await visitor.post("/v1/widget/sessions", body, key, { "lethe-channel": channelKey });
  const json = (await answer.json()) as {
    token?: string;
    conversationId?: string;
    consents?: object;
    code?: string;
    detail?: string;
  };
  visitor.token = json.token ?? "";
  return { status: answer.status, json, visitor, subjectId: json.token === undefined ? "" : personIn(json.token) };
}

function personIn(token: string): string {
  return openSessionToken(deps.config, token, deps.clock.now()).subjectId;
}

async function refusals(): Promise<string[]> {
  const leaves = await leavesOf(deps, shop.tenantId);
  return leaves
    .filter(({ action }) => action === "identity-refused")
    .map(({ outcome, metadata }) => `${outcome}: ${String(metadata.reason)}`);
}

const search = (kind: "email" | "reference", value: string) => searchSubjects(deps, shop.staff, kind, value);

describe("a visitor whom the business vouches for", () => {
  it("comes back from another browser to what was said, and a stranger does not", async () => {
    const first = await arriveWith(await tokenFor("customer-1"));
    expect(first.status).toBe(201);
    await first.visitor.ask("When do you open?");
    const second = await arriveWith(await tokenFor("customer-1"));
    expect(second.subjectId).toBe(first.subjectId);
    const history = (await (await second.visitor.get("/v1/widget/history")).json()) as {
      turns: { question: string }[];
    };
    expect(history.turns.map(({ question }) => question)).toEqual(["When do you open?"]);
    const stranger = await arriveWith(await tokenFor("customer-2"));
    expect(stranger.subjectId).not.toBe(first.subjectId);
  });

  it.each(["ES256", "RS256"] as const)("may be vouched for with %s, and with two keys at once", async (algorithm) => {
    const next = newVoucher(algorithm);
    const key = await addIdentityKey(deps, shop.staff, { name: "next", publicKey: next.pem, kid: next.kid });
    const byOld = await arriveWith(await tokenFor("customer-3"));
    const byNew = await arriveWith(await vouch(next, claims("customer-3")));
    expect(byNew.subjectId).toBe(byOld.subjectId);
    await removeIdentityKey(deps, shop.staff, key.keyId);
    expect((await arriveWith(await vouch(next, claims("customer-3")))).json.code).toBe("identity-refused");
  });

  it("has verified claims on what the business checked, and stated ones on the rest", async () => {
    const email = "vera@people.example";
    const first = await arriveWith(
      await tokenFor("customer-4", { email: "Vera@People.example", email_verified: true }),
    );
    const unchecked = await arriveWith(await tokenFor("customer-5", { email, email_verified: false, name: "Vera" }));
    const typed = await arriveWith(undefined);
    await typed.visitor.post("/v1/widget/leads", { email, message: "call me" });
    const found = await search("email", email);
    expect(found[0]).toMatchObject({ subjectId: first.subjectId, verified: true });
    const stated = found.slice(1).map(({ subjectId, verified }) => [subjectId, verified]);
    expect(new Map(stated as [string, boolean][])).toEqual(
      new Map([
        [unchecked.subjectId, false],
        [typed.subjectId, false],
      ]),
    );
    const tenantId = shop.tenantId;
    expect(await findVerifiedAddresses(deps, { tenantId, subjectId: first.subjectId })).toEqual([email]);
    expect(await findVerifiedAddresses(deps, { tenantId, subjectId: unchecked.subjectId })).toEqual([]);
    const [byReference] = await search("reference", "customer-4");
    expect(byReference).toMatchObject({ subjectId: first.subjectId, verified: true });
    expect(byReference?.subject.profile.reference).toBe("customer-4");
  });

  it("is written to at the checked address, whatever another is typed later", async () => {
    const email = "vito@people.example";
    const { visitor, subjectId } = await arriveWith(await tokenFor("customer-6", { email, email_verified: true }));
    await visitor.post("/v1/widget/leads", { email: "somebody@else.example", message: "call me" });
    expect(await findVerifiedAddresses(deps, { tenantId: shop.tenantId, subjectId })).toEqual([email]);
  });

  it("is not merged with somebody who has the same checked address", async () => {
    const shared = { email: "family@people.example", email_verified: true };
    const one = await arriveWith(await tokenFor("customer-7", shared));
    const two = await arriveWith(await tokenFor("customer-8", shared));
    expect(two.subjectId).not.toBe(one.subjectId);
    expect((await search("email", shared.email)).map(({ verified }) => verified)).toEqual([true, true]);
  });

  it("withdraws nothing by leaving boxes unticked in another browser: what is ticked is given besides", async () => {
    const first = await arriveWith(await tokenFor("customer-9"), { consents: { remember: true } });
    const second = await arriveWith(await tokenFor("customer-9"), { consents: { improve: true, remember: false } });
    expect(second.json.consents).toEqual({ remember: true, improve: true });
    const records = await collectionRef(deps.stores, "consents", { tenantId: shop.tenantId })
      .where("subjectId", "==", first.subjectId)
      .get();
    const recorded = records.docs.map((record) => `${record.get("purpose")}: ${record.get("given")}`);
    expect(recorded.sort()).toEqual(["improve: false", "improve: true", "remember: true"]);
    const tombstones = await collectionRef(deps.stores, "tombstones", { tenantId: shop.tenantId })
      .where("targets.subjectId", "==", first.subjectId)
      .get();
    expect(tombstones.docs).toEqual([]);
    const answer = await first.visitor.get("/v1/widget/consents");
    const { purposes } = (await answer.json()) as { purposes: { id: string; given: boolean }[] };
    expect(purposes.map(({ id, given }) => [id, given])).toEqual([
      ["remember", true],
      ["improve", true],
    ]);
  });

  it("is one person even when two browsers begin at once", async () => {
    const both = await Promise.all([0, 1].map(async () => arriveWith(await tokenFor("customer-10"))));
    const begun = both.filter(({ status }) => status === 201);
    expect(begun.length).toBeGreaterThan(0);
    expect(new Set(begun.map(({ subjectId }) => subjectId)).size).toBe(1);
    expect(await search("reference", "customer-10")).toHaveLength(1);
  });

  it("may read on while restricted, and begins nothing", async () => {
    const { subjectId } = await arriveWith(await tokenFor("customer-11"));
    const subject = { tenantId: shop.tenantId, subjectId };
    await restrictSubject(deps, shop.staff.actor, subject, "accuracy");
    const back = await arriveWith(await tokenFor("customer-11", { name: "Changed" }));
    expect(back.status).toBe(201);
    expect((await search("reference", "customer-11"))[0]?.subject.profile.name).toBeUndefined();
  });

  it("is a new person after an erasure, and no earlier token brings the old one back", async () => {
    const token = await tokenFor("customer-12");
    const first = await arriveWith(token);
    const scope = { kind: "person", subjectId: first.subjectId } as const;
    await requestErasure(deps, shop.staff.actor, shop.tenantId, scope, undefined);
    expect((await arriveWith(token)).json.code).toBe("identity-refused");
    const anew = await arriveWith(await tokenFor("customer-12"));
    expect(anew.status).toBe(201);
    expect(anew.subjectId).not.toBe(first.subjectId);
  });
});

describe("an identity token", () => {
  it("is used once; the same call repeated gets the same person's session", async () => {
    const token = await tokenFor("customer-20");
    const key = randomUUID();
    const first = await arriveWith(token, { key });
    const again = await arriveWith(token, { key });
    expect([again.status, again.subjectId, again.json.conversationId]).toEqual([
      201,
      first.subjectId,
      first.json.conversationId,
    ]);
    const stolen = await arriveWith(token);
    expect([stolen.status, stolen.json.code]).toEqual([401, "identity-refused"]);
    expect(await refusals()).toContain("refused: replay");
  });

  it("leaves nothing behind when it is replayed for somebody gone", async () => {
    const before = (await collectionRef(deps.stores, "deks", { tenantId: shop.tenantId }).get()).size;
    const token = await tokenFor("customer-21");
    const { subjectId } = await arriveWith(token);
    await requestErasure(deps, shop.staff.actor, shop.tenantId, { kind: "person", subjectId }, undefined);
    await arriveWith(token);
    expect((await collectionRef(deps.stores, "deks", { tenantId: shop.tenantId }).get()).size).toBe(before);
  });

  const minute = 60;
  const now = () => Math.floor(deps.clock.now().getTime() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const bad: [string, string, () => Promise<string> | string][] = [
    ["no token at all", "malformed", () => "not a token"],
    ["an unsigned token", "algorithm", () => `${part({ alg: "none", kid: voucher.kid })}.${part(claims("x"))}.`],
    [
      "a token signed with the public key as a shared secret",
      "algorithm",
      () => {
        const stem = `${part({ alg: "HS256", kid: voucher.kid })}.${part(claims("x"))}`;
        return `${stem}.${createHmac("sha256", voucher.pem).update(stem).digest("base64url")}`;
      },
    ],
    ["another algorithm than the key's", "algorithm", () => vouch(newVoucher("ES256", voucher.kid), claims("x"))],
    ["a key that is not registered", "key", () => vouch(newVoucher("EdDSA", "unknown"), claims("x"))],
    ["a key without a name", "key", () => vouch({ ...voucher, kid: "" }, claims("x"))],
    ["another business's key of the same name", "signature", () => vouch(stranger, claims("x"))],
    [
      "changed claims",
      "signature",
      async () => {
        const [head, , mac] = (await tokenFor("x")).split(".");
        return `${head}.${part(claims("y"))}.${mac}`;
      },
    ],
    ["another business's channel", "audience", () => vouch(voucher, { ...claims("x"), aud: other.channelKey })],
    ["no audience", "audience", () => vouch(voucher, without("aud"))],
    ["an end that has passed", "time", () => tokenFor("x", { iat: now() - 10 * minute, exp: now() - 2 * minute })],
    ["a beginning to come", "time", () => tokenFor("x", { nbf: now() + 5 * minute })],
    ["an issue to come", "time", () => tokenFor("x", { iat: now() + 5 * minute, exp: now() + 9 * minute })],
    ["a life of two hours", "time", () => tokenFor("x", { exp: now() + 120 * minute })],
    [
      "a life of two hours that is nearly over",
      "time",
      () => tokenFor("x", { iat: now() - 119 * minute, exp: now() + minute }),
    ],
    ["no end", "claims", () => vouch(voucher, without("exp"))],
    ["no number", "claims", () => vouch(voucher, without("jti"))],
    ["no person", "claims", () => vouch(voucher, without("sub"))],
    ["an empty person", "claims", () => tokenFor("  ")],
    ["a person of 201 letters", "claims", () => tokenFor("x".repeat(201))],
    ["an address that is none", "claims", () => tokenFor("x", { email: "nobody", email_verified: true })],
    ["a checked mark that is a text", "claims", () => tokenFor("x", { email: "a@b.example", email_verified: "true" })],
    [
      "a header that must be understood and is not",
      "malformed",
      () => `${part({ alg: "EdDSA", kid: voucher.kid, crit: ["b65"], b65: true })}.${part(claims("x"))}.AAAA`,
    ],
  ];

  function without(name: "aud" | "exp" | "jti" | "sub") {
    const { [name]: _, ...rest } = claims("x");
    return rest;
  }

  it.each(bad)("with %s is refused as %s, and the refusal is on record", async (_, reason, make) => {
    const subjects = () => collectionRef(deps.stores, "subjects", { tenantId: shop.tenantId }).get();
    const [before, recorded] = [(await subjects()).size, await refusals()];
    const { status, json } = await arriveWith(await make());
    expect([status, json.code]).toEqual([401, "identity-refused"]);
    expect((await refusals()).slice(recorded.length)).toEqual([`refused: ${reason}`]);
    expect((await subjects()).size).toBe(before);
  });

  it("of another channel of the same business is refused", async () => {
    const fields = { name: "App", agentId: shop.agentId, origins: [], accentColor: "#000000", enabled: true };
    const channel = await createChannel(deps, shop.staff, fields, "channel-of-the-app");
    const channelKey = channelKeyFor(deps.config, shop.tenantId, channel.id);
    expect((await arriveWith(await tokenFor("customer-22"), { channelKey })).json.code).toBe("identity-refused");
  });

  it.each([
    ["a number", 17],
    ["null", null],
    ["an object", {}],
    ["empty", ""],
    ["8,001 letters long", "x".repeat(8_001)],
  ])("that is %s is a bad request", async (_, identity) => {
    expect((await arriveWith(identity)).json.code).toBe("input-invalid");
  });

  it("stands in no record of the audit trail, and its person in none", async () => {
    const text = JSON.stringify(await leavesOf(deps, shop.tenantId));
    expect(text).not.toContain("customer-");
    expect(text).not.toContain("@people.example");
  });
});

describe("identity keys", () => {
  it("have one key a name, and the same key again changes nothing", async () => {
    const fresh: Voucher = newVoucher("ES256", "named");
    const first = await addIdentityKey(deps, other.staff, { name: "one", publicKey: fresh.pem, kid: "named" });
    const again = await addIdentityKey(deps, other.staff, { name: "two", publicKey: fresh.pem, kid: "named" });
    expect(again).toMatchObject({ keyId: first.keyId, name: "one" });
    const clash = addIdentityKey(deps, other.staff, { name: "x", publicKey: newVoucher().pem, kid: "named" });
    await expect(clash).rejects.toMatchObject({ code: "already-exists" });
  });

  it("are ten at most", async () => {
    const add = (number: number) =>
      addIdentityKey(deps, other.staff, { name: `${number}`, publicKey: newVoucher().pem, kid: `many-${number}` });
    const room = 10 - (await listIdentityKeys(deps, other.staff)).length;
    for (let number = 0; number < room; number += 1) await add(number);
    await expect(add(room)).rejects.toMatchObject({ code: "input-invalid" });
  });
});

describe("a visitor whose chat is past its period", () => {
  it("is not led back to it, and begins a new one as the same person", async () => {
    const first = await arriveWith(await tokenFor("customer-late"));
    await changeRetention(deps, shop.staff, "conversation", 10);
    deps.clock.advance(9 * 86_400);
    const again = await arriveWith(await tokenFor("customer-late"));
    expect(again.json.conversationId).toBe(first.json.conversationId);
    deps.clock.advance(2 * 86_400);
    const late = await arriveWith(await tokenFor("customer-late"));
    expect([late.subjectId, late.status]).toEqual([first.subjectId, 201]);
    expect(late.json.conversationId).not.toBe(first.json.conversationId);
    expect((await late.visitor.get("/v1/widget/history")).status).toBe(200);
  });
});
