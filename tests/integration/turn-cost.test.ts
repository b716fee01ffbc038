import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chatTurnRoutes } from "../../functions/src/routes/chat-turn.ts";
import { widgetRoutes } from "../../functions/src/routes/widget.ts";
import { type CountProxy, startCountProxy } from "../../local/figures/count-proxy.ts";
import { endpoint } from "../support/emulators.ts";
import { openShop, type Served, type Shop, serveTable, teach } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { Visitor } from "../support/visitor.ts";

let proxy: CountProxy;
let deps: TestDeps;
let shop: Shop;
let functions: { widget: Served; chatTurn: Served };

beforeAll(async () => {
  proxy = await startCountProxy(endpoint("FIRESTORE_EMULATOR_HOST"));
  // Firestore's client looks here when it is made; every test file has an environment of its own.
  process.env.FIRESTORE_EMULATOR_HOST = proxy.address;
  deps = testDeps();
  shop = await openShop(deps, "bakery");
  await teach(deps, shop, "prices.md", "# Prices\n\nA loaf of rye bread costs 4 euro.");
  deps.model.say(["A loaf of rye bread costs 4 euro [1]."]);
  functions = {
    widget: await serveTable(widgetRoutes, () => deps),
    chatTurn: await serveTable(chatTurnRoutes, () => deps),
  };
});

afterAll(async () => {
  await functions.widget.close();
  await functions.chatTurn.close();
  await deps.close();
  await proxy.close();
});

const kmsCalls = () => Object.values(deps.kms.calls).reduce((sum, count) => sum + count, 0);

describe("the proxy", () => {
  it("counts what Firestore would bill", async () => {
    const notes = deps.stores.data.collection(`tenants/${shop.tenantId}/signals`);
    proxy.take();
    await notes.doc("a").set({ kind: "x" });
    await notes.doc("b").set({ kind: "x" });
    await notes.doc("a").get();
    await notes.doc("missing").get();
    await notes.where("kind", "==", "x").get();
    await notes.where("kind", "==", "nothing").get();
    await notes.doc("b").delete();
    await deps.stores.data.runTransaction(async (tx) => {
      await tx.get(notes.doc("a"));
      tx.update(notes.doc("a"), { kind: "y" });
    });
    expect(proxy.take()).toEqual({ reads: 1 + 1 + 2 + 1 + 1, vectorReads: 0, writes: 3, deletes: 1 });
  });
});

describe("a warm turn", () => {
  it("reads one document and writes four, early and late in a conversation, without Cloud KMS", async () => {
    const visitor = new Visitor(functions);
    await visitor.arrive(shop);
    const costs: unknown[] = [];
    for (let turn = 1; turn <= 12; turn += 1) {
      const before = kmsCalls();
      proxy.take();
      expect((await visitor.ask("What does rye bread cost?")).at(-1)?.event).toBe("done");
      costs.push({ turn, ...proxy.take(), kms: kmsCalls() - before });
    }
    // Settings were loaded by the session; the first turn of this process finds them warm.
    for (const cost of costs) expect(cost).toMatchObject({ reads: 1, writes: 4, deletes: 0, vectorReads: 1, kms: 0 });
  });

  it("costs two reads more when it is told again, and nothing is written", async () => {
    const visitor = new Visitor(functions);
    await visitor.arrive(shop);
    await visitor.ask("What does rye bread cost?", "the-same-key-again");
    proxy.take();
    await visitor.ask("What does rye bread cost?", "the-same-key-again");
    // The refused commit is not billed; head and turn are read.
    expect(proxy.take()).toEqual({ reads: 3, vectorReads: 0, writes: 0, deletes: 0 });
  });
});
