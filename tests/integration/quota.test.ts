import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { takeQuota } from "../../functions/src/identity/take-quota.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { collectionRef, documentRef } from "../../functions/src/inventory/collections.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { chatTurnRoutes } from "../../functions/src/routes/chat-turn.ts";
import { widgetRoutes } from "../../functions/src/routes/widget.ts";
import { openShop, type Served, type Shop, serveTable, teach } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { Visitor } from "../support/visitor.ts";

let deps: TestDeps;
let shop: Shop;
let shops = 0;
let functions: { widget: Served; chatTurn: Served };

beforeAll(async () => {
  deps = testDeps();
  deps.model.say(["Rye bread costs 4 euro [1]."]);
  functions = {
    widget: await serveTable(widgetRoutes, () => deps),
    chatTurn: await serveTable(chatTurnRoutes, () => deps),
  };
});

afterAll(async () => {
  await functions.widget.close();
  await functions.chatTurn.close();
  await deps.close();
});

beforeEach(async () => {
  shops += 1;
  shop = await openShop(deps, `busy${shops}`);
});

/** Another instance of a function: it shares databases and clock, and no memory. */
function instance(): Pick<Deps, "stores" | "clock"> {
  const { region, data, keys, directory } = deps.stores;
  return { clock: deps.clock, stores: { region, data, keys, directory } };
}

/** How many of so many calls pass, made by several instances in turn. */
async function passing(calls: number, instances: readonly ReturnType<typeof instance>[], channelId = shop.channelId) {
  let passed = 0;
  for (let call = 0; call < calls; call += 1) {
    const [first] = instances;
    const taking = takeQuota(instances[call % instances.length] ?? first ?? instance(), { ...shop, channelId });
    passed += await taking.then(
      () => 1,
      (error: unknown) => {
        expect(error).toMatchObject({ code: "rate-limited", retry: true });
        return 0;
      },
    );
  }
  return passed;
}

describe("the quota of a channel", () => {
  it("holds over all instances, whoever asks, and begins anew after ten minutes", async () => {
    const instances = [instance(), instance(), instance()];
    expect(await passing(2_100, instances)).toBe(2_000);
    expect(await passing(1, [instance()])).toBe(0);
    deps.clock.advance(600);
    expect(await passing(5, instances)).toBe(5);
  });

  it("is leased in blocks: most calls touch no database", async () => {
    const one = instance();
    expect(await passing(1, [one])).toBe(1);
    const taken = async () =>
      (await documentRef(deps.stores, "quotas", { tenantId: shop.tenantId, quotaId: "account" }).get()).get("taken");
    expect(await taken()).toBe(100);
    expect(await passing(99, [one])).toBe(99);
    expect(await taken()).toBe(100);
    expect(await passing(1, [one])).toBe(1);
    expect(await taken()).toBe(200);
  });

  it("is leased once by calls that come together", async () => {
    const one = instance();
    await Promise.all(Array.from({ length: 30 }, () => takeQuota(one, shop)));
    const quotas = await collectionRef(deps.stores, "quotas", { tenantId: shop.tenantId }).get();
    expect(quotas.docs.map((quota) => quota.get("taken"))).toEqual([100, 100]);
  });

  it("ends where the account's does", async () => {
    const windowAt = new Date(Math.floor(deps.clock.now().getTime() / 600_000) * 600_000);
    const account = documentRef(deps.stores, "quotas", { tenantId: shop.tenantId, quotaId: "account" });
    await account.set({ windowAt, taken: 4_995 });
    expect(await passing(10, [instance()])).toBe(5);
    expect(await passing(1, [instance()], "another-channel")).toBe(0);
  });
});

describe("a visitor of a channel that is used up", () => {
  it("gets no session, is told when to come back, and leaves nothing", async () => {
    const windowAt = new Date(Math.floor(deps.clock.now().getTime() / 600_000) * 600_000);
    const quotaId = `channel-${shop.channelId}`;
    await documentRef(deps.stores, "quotas", { tenantId: shop.tenantId, quotaId }).set({ windowAt, taken: 2_000 });
    const body = { noticeVersion: 1, noticeAcknowledged: true, consents: {} };
    const headers = { "lethe-channel": shop.channelKey };
    const answer = await new Visitor(functions).post("/v1/widget/sessions", body, randomUUID(), headers);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: "rate-limited", retry: true });
    expect((await collectionRef(deps.stores, "subjects", { tenantId: shop.tenantId }).get()).size).toBe(0);
  });
});

describe("a conversation", () => {
  it("asks 500 questions an hour at most, wherever they are answered", async () => {
    await teach(deps, shop, "prices.md", "# Prices\n\nA loaf of rye bread costs 4 euro.");
    const visitor = new Visitor(functions);
    await visitor.arrive(shop);
    await visitor.ask("What does rye bread cost?");
    const { tenantId, conversationId } = openSessionToken(deps.config, visitor.token, deps.clock.now());
    const head = documentRef(deps.stores, "conversations", { tenantId, conversationId });
    expect((await head.get()).get("usage.turns")).toBe(1);
    await head.update({ "usage.turns": 499 });
    expect((await visitor.ask("What does rye bread cost?")).at(-1)?.event).toBe("done");
    const refused = await visitor.post("/v1/chat/turns", { question: "What does rye bread cost?" });
    expect(refused.status).toBe(429);
    expect((await collectionRef(deps.stores, "turns", { tenantId, conversationId }).get()).size).toBe(2);
    deps.clock.advance(3_600);
    expect((await visitor.ask("What does rye bread cost?")).at(-1)?.event).toBe("done");
    expect((await head.get()).get("usage.turns")).toBe(1);
  });
});
