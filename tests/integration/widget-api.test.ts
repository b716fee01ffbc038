import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { changeChannel } from "../../functions/src/agents/change-channel.ts";
import { publishNotice } from "../../functions/src/consent/publish-notice.ts";
import { blindIndex } from "../../functions/src/crypto/blind-index.ts";
import { dekOf } from "../../functions/src/crypto/keyring.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { collectionRef, documentRef } from "../../functions/src/inventory/collections.ts";
import { chatTurnRoutes } from "../../functions/src/routes/chat-turn.ts";
import { widgetRoutes } from "../../functions/src/routes/widget.ts";
import { readFreezeTargets } from "../../functions/src/subjects/freeze-subject.ts";
import { openProfile } from "../../functions/src/subjects/profile.ts";
import { readSubject } from "../../functions/src/subjects/store.ts";
import { openShop, type Served, type Shop, serveTable } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { Visitor } from "../support/visitor.ts";
import { watchFirestore } from "../support/watch-firestore.ts";

const watch = watchFirestore();
let deps: TestDeps;
let shop: Shop;
let functions: { widget: Served; chatTurn: Served };
let visitor: Visitor;
let shops = 0;

beforeAll(async () => {
  deps = testDeps();
  shop = await openShop(deps, "bakery");
  functions = {
    widget: await serveTable(widgetRoutes, () => deps),
    chatTurn: await serveTable(chatTurnRoutes, () => deps),
  };
});

afterAll(async () => {
  await functions.widget.close();
  await functions.chatTurn.close();
  await deps.close();
  expect(watch.faults()).toEqual([]);
});

beforeEach(async () => {
  deps.clock.advance(120);
  visitor = new Visitor(functions);
  await visitor.arrive(shop);
});

function subject() {
  return openSessionToken(deps.config, visitor.token, deps.clock.now());
}

async function actions(): Promise<string[]> {
  const entries = await collectionRef(deps.stores, "auditPending", { tenantId: shop.tenantId }).get();
  return entries.docs.map((entry) => entry.get("action") as string);
}

async function headOf(conversationId: string) {
  return (await documentRef(deps.stores, "conversations", { tenantId: shop.tenantId, conversationId }).get()).data();
}

/** Does something and tells which audit entries came of it. */
async function audited(act: () => Promise<unknown>): Promise<string[]> {
  const before = await actions();
  await act();
  const after = await actions();
  return after.filter((action) => {
    const at = before.indexOf(action);
    if (at >= 0) before.splice(at, 1);
    return at < 0;
  });
}

describe("the widget's settings", () => {
  it("are public to any site, and may be kept for a minute", async () => {
    const answer = await fetch(`${functions.widget.url}/v1/widget/settings?channel=${shop.channelKey}`, {
      headers: { origin: "https://shop.example" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=60");
    expect(await answer.json()).toEqual({
      name: "Robin",
      businessName: "bakery & Co",
      accentColor: "#336699",
      greeting: "Hello.",
    });
  });

  it("are gone a minute after the channel was switched off", async () => {
    const other = await openShop(deps, "florist");
    const url = `${functions.widget.url}/v1/widget/settings?channel=${other.channelKey}`;
    expect((await fetch(url)).status).toBe(200);
    await changeChannel(deps, other.staff, other.channelId, { enabled: false });
    deps.clock.advance(61);
    expect((await fetch(url)).status).toBe(404);
  });
});

describe("the panel", () => {
  it("may be framed by the channel's sites alone, and runs no script but the widget's", async () => {
    const answer = await fetch(`${functions.widget.url}/v1/widget/panel?channel=${shop.channelKey}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      "script-src http://8100.app.lethe.localhost:8100",
      "style-src http://8100.app.lethe.localhost:8100",
      "img-src http://8100.app.lethe.localhost:8100 data:",
      "connect-src 'self'",
      "frame-ancestors https://shop.example",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it("carries settings that no text of the business can break out of", async () => {
    const other = await openShop(deps, "trickster");
    await publishNotice(deps, other.staff, { text: `"><script>alert(1)</script>`, purposes: [] });
    await changeChannel(deps, other.staff, other.channelId, { origins: ["https://x.example; script-src *"] });
    const answer = await fetch(`${functions.widget.url}/v1/widget/panel?channel=${other.channelKey}`);
    const html = await answer.text();
    expect(html.match(/<script/g)).toHaveLength(1);
    const embedded = /data-settings="([^"]*)"/.exec(html)?.[1] ?? "";
    const json = embedded
      .replaceAll("&quot;", '"')
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
    expect(JSON.parse(json).notice.text).toBe(`"><script>alert(1)</script>`);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });
});

describe("a session", () => {
  it("lasts a day, and thirty where the visitor asked to be remembered", async () => {
    const days = async (consents: Record<string, boolean>) => {
      const { expiresAt } = await new Visitor(functions).arrive(shop, consents);
      return (new Date(expiresAt).getTime() - deps.clock.now().getTime()) / 86_400_000;
    };
    expect(await days({})).toBe(1);
    expect(await days({ improve: true })).toBe(1);
    expect(await days({ remember: true })).toBe(30);
  });

  it("is one and the same for a repeated call, also for two at once", async () => {
    const key = randomUUID();
    const sessions = await Promise.all([1, 2].map(() => new Visitor(functions).arrive(shop, {}, key)));
    const again = await new Visitor(functions).arrive(shop, {}, key);
    const subjects = [...sessions, again].map(({ token }) => openSessionToken(deps.config, token, deps.clock.now()));
    expect(new Set(subjects.map(({ subjectId }) => subjectId)).size).toBe(1);
    expect(new Set(subjects.map(({ conversationId }) => conversationId)).size).toBe(1);
    const { tenantId, sessionId } = subjects[0] ?? subject();
    const index = await blindIndex(deps, tenantId, "session", sessionId);
    const claims = await collectionRef(deps.stores, "identifiers", { tenantId }).where("blindIndex", "==", index).get();
    expect(claims.docs.map((claim) => claim.data())).toMatchObject([
      { subjectId: subjects[0]?.subjectId, level: "verified", kind: "session" },
    ]);
    const keys = await collectionRef(deps.stores, "deks", { tenantId }).get();
    const people = await collectionRef(deps.stores, "subjects", { tenantId }).get();
    expect(keys.docs.map(({ id }) => id).sort()).toEqual(people.docs.map(({ id }) => id).sort());
  });

  it("records each purpose, given or not, with the notice shown", async () => {
    const other = new Visitor(functions);
    const done = await audited(() => other.arrive(shop, { improve: true }));
    const { tenantId, subjectId, channelId } = openSessionToken(deps.config, other.token, deps.clock.now());
    const records = await collectionRef(deps.stores, "consents", { tenantId })
      .where("subjectId", "==", subjectId)
      .get();
    const stored = records.docs.map((record) => record.data()).sort((a, b) => (a.purpose < b.purpose ? -1 : 1));
    expect(stored).toMatchObject([
      { purpose: "improve", given: true, noticeVersion: 1, channelId },
      { purpose: "remember", given: false, noticeVersion: 1, channelId },
    ]);
    expect(done).toEqual(["session-started"]);
  });

  it("is refused for a notice that is not in force, unknown purposes, and without the acknowledgement", async () => {
    const begin = (body: unknown) =>
      visitor.post("/v1/widget/sessions", body, randomUUID(), { "lethe-channel": shop.channelKey });
    const whole = { noticeVersion: 1, noticeAcknowledged: true, consents: {} };
    expect((await begin({ ...whole, noticeVersion: 2 })).status).toBe(422);
    expect((await begin({ ...whole, noticeAcknowledged: false })).status).toBe(400);
    expect((await begin({ ...whole, consents: { marketing: true } })).status).toBe(400);
    const guessable = await visitor.post("/v1/widget/sessions", whole, "12345678", {
      "lethe-channel": shop.channelKey,
    });
    expect(guessable.status).toBe(400);
  });
});

describe("a further conversation", () => {
  it("belongs to the same person, with the consents in force", async () => {
    await visitor.post("/v1/widget/consents", { purpose: "improve", given: true, noticeVersion: 1 });
    const first = subject();
    const key = randomUUID();
    const answer = await visitor.post("/v1/widget/conversations", {}, key);
    expect(answer.status).toBe(201);
    const session = (await answer.json()) as { token: string; conversationId: string; consents: unknown };
    expect(session.consents).toEqual({ improve: true, remember: false });
    const second = openSessionToken(deps.config, session.token, deps.clock.now());
    expect(second.subjectId).toBe(first.subjectId);
    expect(second.conversationId).not.toBe(first.conversationId);
    const repeated = await (await visitor.post("/v1/widget/conversations", {}, key)).json();
    expect(repeated).toMatchObject({ conversationId: session.conversationId });
  });

  it("closes the oldest where it is the 21st, and a turn opens a closed one again", async () => {
    const oldest = subject();
    for (let n = 2; n <= 21; n += 1) {
      deps.clock.advance(3);
      expect((await visitor.post("/v1/widget/conversations", {})).status).toBe(201);
    }
    expect((await headOf(oldest.conversationId))?.state).toBe("closed");
    const open = await collectionRef(deps.stores, "conversations", { tenantId: shop.tenantId })
      .where("subjectId", "==", oldest.subjectId)
      .where("state", "==", "open")
      .get();
    expect(open.size).toBe(20);
    const done = await audited(() => visitor.ask("zzyzx?"));
    expect(done).toEqual(["conversation-started"]);
    expect(await headOf(oldest.conversationId)).toMatchObject({ state: "open", turnCount: 1 });
  });

  it("that is closed stays closed to a person who was restricted meanwhile", async () => {
    const closed = subject();
    await documentRef(deps.stores, "conversations", closed).update({ state: "closed" });
    await deps.stores.data.runTransaction(async (tx) => {
      (await readFreezeTargets(tx, deps.stores, closed)).apply("restricted");
    });
    expect((await headOf(closed.conversationId))?.subjectState).toBe("active");
    expect((await visitor.post("/v1/chat/turns", { question: "Hello?" })).status).toBe(409);
  });
});

describe("a consent", () => {
  it("is given and withdrawn by one call each, in every open conversation, and audited", async () => {
    const first = subject().conversationId;
    const other = (await (await visitor.post("/v1/widget/conversations", {})).json()) as { conversationId: string };
    const change = (given: boolean) =>
      visitor.post("/v1/widget/consents", { purpose: "remember", given, noticeVersion: 1 });
    deps.clock.advance(1);
    expect(await audited(() => change(true))).toEqual(["consent-given"]);
    expect((await headOf(first))?.consents.remember).toBe(true);
    expect((await headOf(other.conversationId))?.consents.remember).toBe(true);
    deps.clock.advance(1);
    const withdrawn = await change(false);
    const session = (await withdrawn.json()) as { expiresAt: string };
    expect(new Date(session.expiresAt).getTime() - deps.clock.now().getTime()).toBe(86_400_000);
    expect((await headOf(other.conversationId))?.consents.remember).toBe(false);
    const choices = (await (await visitor.get("/v1/widget/consents")).json()) as { purposes: unknown };
    expect(choices.purposes).toMatchObject([
      { id: "remember", given: false },
      { id: "improve", given: false },
    ]);
  });

  it("is recorded once for a repeated call", async () => {
    const key = randomUUID();
    const body = { purpose: "improve", given: true, noticeVersion: 1 };
    const done = await audited(async () => {
      await visitor.post("/v1/widget/consents", body, key);
      await visitor.post("/v1/widget/consents", body, key);
    });
    expect(done).toEqual(["consent-given"]);
  });
});

describe("a notice that is published while visitors are here", () => {
  const v2 = {
    text: "An AI answers. We store less.",
    purposes: [{ id: "news", title: "News", text: "Sends you news." }],
  };
  let edited: Shop;
  const begin = (noticeVersion: number, consents: Record<string, boolean> = {}) =>
    new Visitor(functions).post(
      "/v1/widget/sessions",
      { noticeVersion, noticeAcknowledged: true, consents },
      randomUUID(),
      { "lethe-channel": edited.channelKey },
    );
  const panel = async (notice: string) => {
    const answer = await fetch(`${functions.widget.url}/v1/widget/panel?channel=${edited.channelKey}${notice}`);
    return answer.text();
  };

  beforeEach(async () => {
    shops += 1;
    edited = await openShop(deps, `editor${shops}x`);
  });

  it("is known at once to an instance that keeps the one before in memory", async () => {
    expect((await begin(1)).status).toBe(201);
    await publishNotice(deps, edited.staff, v2);
    expect((await begin(2, { news: true })).status).toBe(201);
    const outdated = await begin(1);
    expect(outdated.status).toBe(422);
    expect(await outdated.json()).toMatchObject({ code: "consent-required" });
    expect((await begin(3)).status).toBe(422);
  });

  it("is shown to a page that was refused and asks for a newer one", async () => {
    expect(await panel("")).toContain("An AI answers.");
    await publishNotice(deps, edited.staff, v2);
    expect(await panel("")).not.toContain("We store less.");
    expect(await panel("&notice=2")).toContain("We store less.");
    expect(await panel("")).toContain("We store less.");
  });

  it("leaves every consent to be withdrawn, in the words under which it was given", async () => {
    const person = new Visitor(functions);
    await person.arrive(edited, { remember: true, improve: true });
    await publishNotice(deps, edited.staff, v2);
    deps.clock.advance(61);
    const choices = async () => {
      const { purposes } = (await (await person.get("/v1/widget/consents")).json()) as { purposes: unknown[] };
      return purposes;
    };
    expect(await choices()).toEqual([
      { id: "news", title: "News", text: "Sends you news.", given: false, asked: true },
      { id: "improve", title: "Improve", text: "Lets us read.", given: true, asked: false },
      { id: "remember", title: "Remember me", text: "Keeps this chat.", given: true, asked: false },
    ]);

    const withdrawn = await person.post("/v1/widget/consents", { purpose: "remember", given: false, noticeVersion: 1 });
    expect(withdrawn.status).toBe(200);
    const session = (await withdrawn.json()) as { expiresAt: string; consents: object };
    expect(session.consents).toEqual({ remember: false, improve: true });
    expect(new Date(session.expiresAt).getTime() - deps.clock.now().getTime()).toBe(86_400_000);
    expect(await choices()).toHaveLength(2);
    const { tenantId, subjectId } = openSessionToken(deps.config, person.token, deps.clock.now());
    const tombstones = await collectionRef(deps.stores, "tombstones", { tenantId }).get();
    expect(tombstones.docs.map((one) => one.get("targets"))).toMatchObject([
      { subjectId, purpose: "remember", noticeVersion: "1" },
    ]);

    const again = await person.post("/v1/widget/consents", { purpose: "remember", given: true, noticeVersion: 2 });
    expect(again.status).toBe(400);
    const unknown = await person.post("/v1/widget/consents", { purpose: "tracking", given: false, noticeVersion: 2 });
    expect(unknown.status).toBe(400);
  });
});

describe("a lead", () => {
  const texts = { name: "Ilse", email: "Ilse@Mail.example", phone: "+353 87 123 4567", message: "Please call me." };

  it("is sealed, and its address is a stated claim that opens nothing", async () => {
    const answer = await visitor.post("/v1/widget/leads", texts);
    expect(answer.status).toBe(201);
    const { leadId } = (await answer.json()) as { leadId: string };
    const { tenantId, subjectId } = subject();
    const stored = (await documentRef(deps.stores, "leads", { tenantId, leadId }).get()).data() ?? {};
    expect(Object.keys(stored)).toEqual(expect.arrayContaining(["name", "email", "phone", "message", "subjectId"]));
    for (const name of ["name", "email", "phone", "message"]) expect(stored[name]).toBeInstanceOf(Uint8Array);
    const index = await blindIndex(deps, tenantId, "email", "ilse@mail.example");
    const claims = await collectionRef(deps.stores, "identifiers", { tenantId }).where("blindIndex", "==", index).get();
    expect(claims.docs.map((claim) => claim.data())).toMatchObject([{ subjectId, level: "stated", kind: "email" }]);
  });

  it("tells the person's profile what was told, and is left once for a repeated call", async () => {
    const key = randomUUID();
    const done = await audited(async () => {
      const first = await (await visitor.post("/v1/widget/leads", texts, key)).json();
      const second = await (await visitor.post("/v1/widget/leads", texts, key)).json();
      expect(second).toEqual(first);
    });
    expect(done).toEqual(["lead-created"]);
    const person = subject();
    const dek = await dekOf(deps, person);
    const stored = await deps.stores.data.runTransaction((tx) => readSubject(tx, deps.stores, person));
    if (stored === undefined) throw new Error("no subject");
    expect(openProfile(dek, person, stored)).toEqual({ name: texts.name, email: texts.email, phone: texts.phone });
  });

  it("needs an address or a number", async () => {
    expect((await visitor.post("/v1/widget/leads", { message: "Hello" })).status).toBe(400);
    expect((await visitor.post("/v1/widget/leads", { email: "no address", message: "Hello" })).status).toBe(400);
  });
});

describe("the history", () => {
  it("pages backwards through a long conversation", async () => {
    const { tenantId, subjectId, conversationId } = subject();
    await visitor.ask("zzyzx 0?");
    const [asked] = (await collectionRef(deps.stores, "turns", { tenantId, conversationId }).get()).docs;
    // The same sealed texts under other ids would not open; so the pages are counted on real turns.
    expect(asked?.get("subjectId")).toBe(subjectId);
    for (let n = 1; n <= 51; n += 1) {
      deps.clock.advance(5);
      await visitor.ask(`zzyzx ${n}?`);
    }
    const page = async (query: string) =>
      (await (await visitor.get(`/v1/widget/history${query}`)).json()) as {
        turns: { question: string; askedAt: string }[];
        more: boolean;
      };
    const newest = await page("");
    expect(newest.turns.map(({ question }) => question)).toEqual(
      Array.from({ length: 50 }, (_, n) => `zzyzx ${n + 2}?`),
    );
    expect(newest.more).toBe(true);
    const oldest = await page(`?before=${newest.turns[0]?.askedAt}`);
    expect(oldest.turns.map(({ question }) => question)).toEqual(["zzyzx 0?", "zzyzx 1?"]);
    expect(oldest.more).toBe(false);
  });
});
