import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import type { ModelPiece } from "../../functions/src/ports/model.ts";
import { chatTurnRoutes } from "../../functions/src/routes/chat-turn.ts";
import { widgetRoutes } from "../../functions/src/routes/widget.ts";
import type { SubjectState } from "../../functions/src/subjects/freeze-subject.ts";
import { readFreezeTargets } from "../../functions/src/subjects/freeze-subject.ts";
import { openShop, type Served, type Shop, serveTable, teach } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { eventsIn, Visitor } from "../support/visitor.ts";

/** A model that says nothing until it is let go, then `text`. */
function heldModel(deps: TestDeps, text = "Rye bread costs 4 euro [1].") {
  let release: () => void = () => undefined;
  let asked: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const model = {
    ...deps.model,
    name: "held-model",
    async *stream(): AsyncIterable<ModelPiece> {
      asked();
      await released;
      yield { text, finishReason: "STOP", usage: { promptTokens: 1, answerTokens: 1 } };
    },
  };
  return { model, release, wasAsked };
}

let deps: TestDeps;
let current: TestDeps;
let shop: Shop;
let functions: { widget: Served; chatTurn: Served };
let visitor: Visitor;

beforeAll(async () => {
  deps = testDeps();
  current = deps;
  shop = await openShop(deps, "bakery");
  await teach(deps, shop, "prices.md", "# Prices\n\nA loaf of rye bread costs 4 euro.");
  functions = {
    widget: await serveTable(widgetRoutes, () => deps),
    chatTurn: await serveTable(chatTurnRoutes, () => current),
  };
});

afterAll(async () => {
  await functions.widget.close();
  await functions.chatTurn.close();
  await deps.close();
});

beforeEach(async () => {
  current = deps;
  deps.model.say(["Rye bread costs 4 euro [1]."]);
  deps.clock.advance(120);
  visitor = new Visitor(functions);
  await visitor.arrive(shop);
});

function subject() {
  return openSessionToken(deps.config, visitor.token, deps.clock.now());
}

async function freeze(state: SubjectState): Promise<void> {
  await deps.stores.data.runTransaction(async (tx) => {
    const targets = await readFreezeTargets(tx, deps.stores, subject());
    targets.apply(state);
  });
}

async function storedTurns() {
  const { tenantId, conversationId } = subject();
  return (await collectionRef(deps.stores, "turns", { tenantId, conversationId }).get()).docs.map((turn) =>
    turn.data(),
  );
}

async function sessionCount(): Promise<number> {
  const { tenantId, conversationId } = subject();
  const sessions = collectionRef(deps.stores, "aiSessions", { tenantId }).where("conversationId", "==", conversationId);
  return (await sessions.count().get()).data().count;
}

describe.each([
  ["erasing", 410, "subject-erased"],
  ["restricted", 409, "subject-frozen"],
] as const)("a person who is %s", (state, status, code) => {
  it("is refused before anything is written", async () => {
    await freeze(state);
    const answer = await visitor.post("/v1/chat/turns", { question: "What does rye bread cost?" });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(await storedTurns()).toEqual([]);
  });

  it("gets nothing stored when it happens in mid-turn", async () => {
    const held = heldModel(deps);
    current = { ...deps, model: held.model as unknown as TestDeps["model"], stores: deps.stores } as TestDeps;
    const asked = visitor.ask("What does rye bread cost?");
    await held.wasAsked;
    await freeze(state);
    const before = await storedTurns();
    held.release();
    expect((await asked).at(-1)).toMatchObject({ event: "problem", data: { code, retry: false } });
    expect(await storedTurns()).toEqual(before);
    expect(await sessionCount()).toBe(0);
  });
});

describe("a conversation that is deleted in mid-turn", () => {
  it("ends cleanly and comes back in no part", async () => {
    const held = heldModel(deps);
    current = { ...deps, model: held.model as unknown as TestDeps["model"], stores: deps.stores } as TestDeps;
    const asked = visitor.ask("What does rye bread cost?");
    await held.wasAsked;
    const { tenantId, conversationId } = subject();
    await deps.stores.data.recursiveDelete(
      collectionRef(deps.stores, "conversations", { tenantId }).doc(conversationId),
    );
    held.release();
    expect((await asked).at(-1)).toMatchObject({ event: "problem", data: { code: "subject-erased" } });
    expect(await storedTurns()).toEqual([]);
    expect(await sessionCount()).toBe(0);
  });
});

describe("a visitor who hangs up", () => {
  it("finds the whole answer when coming back with the same key", async () => {
    const held = heldModel(deps);
    current = { ...deps, model: held.model as unknown as TestDeps["model"], stores: deps.stores } as TestDeps;
    const key = randomUUID();
    const aborter = new AbortController();
    const gone = fetch(`${functions.chatTurn.url}/v1/chat/turns`, {
      method: "POST",
      signal: aborter.signal,
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        authorization: `Bearer ${visitor.token}`,
      },
      body: JSON.stringify({ question: "What does rye bread cost?" }),
    }).then((answer) => answer.text());
    await held.wasAsked;
    aborter.abort();
    await expect(gone).rejects.toThrow();
    const back = visitor.ask("What does rye bread cost?", key);
    setTimeout(held.release, 300);
    expect(await back).toMatchObject([
      { event: "turn" },
      { event: "done", data: { answer: "Rye bread costs 4 euro.", provenance: { model: "held-model" } } },
    ]);
    expect(await sessionCount()).toBe(1);
  });
});

describe("an invocation that stalls beyond its lease", () => {
  it("does not charge or answer a second time when another one took the turn over", async () => {
    const held = heldModel(deps, "Late words [1].");
    current = { ...deps, model: held.model as unknown as TestDeps["model"], stores: deps.stores } as TestDeps;
    const key = randomUUID();
    const first = visitor.ask("What does rye bread cost?", key);
    await held.wasAsked;
    current = deps;
    deps.clock.advance(91);
    const second = await visitor.ask("What does rye bread cost?", key);
    held.release();
    expect(second.at(-1)?.data.answer).toBe("Rye bread costs 4 euro.");
    expect((await first).at(-1)?.data).toEqual(second.at(-1)?.data);
    expect(await sessionCount()).toBe(1);
  });
});

describe("when the database fails under a running turn", () => {
  it("tells the visitor and keeps the question", async () => {
    const held = heldModel(deps);
    const down = Object.create(deps.stores.data, {
      batch: {
        value: () => {
          throw Object.assign(new Error("14 UNAVAILABLE"), { code: 14 });
        },
      },
    });
    const stores = { ...deps.stores, data: deps.stores.data, keys: deps.stores.keys };
    current = { ...deps, model: held.model as unknown as TestDeps["model"], stores } as TestDeps;
    const asked = visitor.ask("What does rye bread cost?");
    await held.wasAsked;
    stores.data = down;
    held.release();
    expect((await asked).at(-1)).toMatchObject({ event: "problem", data: { code: "store-unavailable", retry: true } });
    const [turn] = await storedTurns();
    expect(turn).toMatchObject({ state: "answering" });
    expect(turn?.question.length).toBeGreaterThan(200);
  });
});

describe("when the database is gone", () => {
  it("says so while somebody still waits", async () => {
    // As Google's client behaves: it tries again for more than a minute.
    const data = Object.create(deps.stores.data, { runTransaction: { value: () => new Promise(() => undefined) } });
    const { region, keys, directory } = deps.stores;
    current = { ...deps, stores: { region, keys, directory, data } };
    const began = performance.now();
    const answer = await visitor.post("/v1/chat/turns", { question: "What does rye bread cost?" });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "store-unavailable", retry: true });
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe("an event stream", () => {
  it("says which part an AI wrote, to machines", async () => {
    const answer = await visitor.post("/v1/chat/turns", { question: "What does rye bread cost?" });
    expect(answer.headers.get("lethe-generated-by")).toBe("ai");
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const done = eventsIn(await answer.text()).at(-1);
    expect(done?.data.provenance.digitalSourceType).toBe(
      "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    );
  });
});
