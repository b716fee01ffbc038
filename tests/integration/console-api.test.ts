import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { destroyKey } from "../../functions/src/crypto/keyring.ts";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { createJob } from "../../functions/src/jobs/jobs.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import { claimIdentifier } from "../../functions/src/subjects/claim-identifier.ts";
import { actionsDuring, leavesOf } from "../support/audit-log.ts";
import { undeclaredCollections } from "../support/check-declared.ts";
import { faultOf } from "../support/row-of.ts";
import type { Served } from "../support/served.ts";
import { byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";

const deps = testDeps();
let api: Served;
let desk: Desk;
let cookie: string;
let alice: Guest;
let bob: Guest;

const question = "Do you bake on the day when Alice Liddell is away?";

// biome-ignore lint/suspicious/noExplicitAny: a test reads what the row's schema describes, which `call` checks
type Body = any;

/** Calls as the signed-in owner; every answer is held against its row's schema. */
async function call(
  method: string,
  path: string,
  body?: unknown,
  key?: string,
): Promise<{ status: number; body: Body }> {
  // Each call has an instant of its own, so that the order of the trail is the order of the calls.
  deps.clock.advance(1);
  const headers = key === undefined ? {} : { "idempotency-key": key };
  const reply = await api.call(
    method,
    path,
    byCookie(deps, cookie, { headers, ...(body === undefined ? {} : { body }) }),
  );
  expect(faultOf(method, path, reply)).toBeUndefined();
  return { status: reply.status, body: reply.json };
}

const acted = (act: () => Promise<unknown>) => actionsDuring(deps, desk.tenantId, act);

beforeAll(async () => {
  api = await serveAll(deps);
  desk = await openDesk(deps, api, "bakery");
  cookie = await desk.signIn("olive");
  alice = await welcome(deps, api, desk);
  await alice.ask(question);
  deps.clock.advance(10);
  bob = await welcome(deps, api, desk);
  await bob.ask("When do you open?");
  deps.clock.advance(10);
});
afterAll(async () => {
  const undeclared = await undeclaredCollections(deps.stores);
  await api.close();
  await deps.close();
  expect(undeclared).toEqual([]);
});

describe("conversations", () => {
  it("are listed newest first, without text, without heads that have no turn, and the listing is in the trail", async () => {
    await welcome(deps, api, desk);
    let listed: Body;
    expect(
      await acted(async () => {
        listed = await call("GET", "/v1/conversations");
      }),
    ).toEqual(["conversation-listed"]);
    const ids = listed.body.conversations.map((one: Body) => one.conversationId);
    expect(ids).toEqual([bob.conversationId, alice.conversationId]);
    expect(JSON.stringify(listed.body)).not.toContain("Alice");
    expect(listed.body.conversations[0]).toMatchObject({ unread: true, turnCount: 1, state: "open", tags: [] });
  });

  it("are paged without a gap and without a repeat", async () => {
    const first = await call("GET", "/v1/conversations?limit=1");
    const second = await call("GET", `/v1/conversations?limit=1&cursor=${first.body.nextCursor}`);
    expect(first.body.conversations.map((one: Body) => one.conversationId)).toEqual([bob.conversationId]);
    expect(second.body.conversations.map((one: Body) => one.conversationId)).toEqual([alice.conversationId]);
    expect(second.body).not.toHaveProperty("nextCursor");
    expect((await call("GET", "/v1/conversations?cursor=made-up")).body).toMatchObject({ code: "input-invalid" });
  });

  it("of one person can be asked for", async () => {
    const { body } = await call("GET", `/v1/conversations?subjectId=${alice.subjectId}`);
    expect(body.conversations.map((one: Body) => one.conversationId)).toEqual([alice.conversationId]);
  });

  it("are opened with their text, after the entry is durable, and count as read until something is said", async () => {
    const path = `/v1/conversations/${alice.conversationId}`;
    let read: Body;
    expect(
      await acted(async () => {
        read = await call("GET", path);
      }),
    ).toEqual(["conversation-read"]);
    expect(read.body.turns).toMatchObject([{ question, state: "answered", answer: { outcome: expect.any(String) } }]);
    expect(read.body.conversation.unread).toBe(false);
    const unread = async () => {
      const { body } = await call("GET", `/v1/conversations?subjectId=${alice.subjectId}`);
      return body.conversations[0].unread;
    };
    expect(await unread()).toBe(false);
    deps.clock.advance(10);
    await alice.ask("And on Sundays?");
    expect(await unread()).toBe(true);
  });

  it("stay closed where the entry cannot be written", async () => {
    deps.kms.disable();
    deps.keyCache.forget("");
    try {
      const { status, body } = await call("GET", `/v1/conversations/${bob.conversationId}`);
      expect([status, body.code]).toEqual([503, "key-unavailable"]);
      expect(JSON.stringify(body)).not.toContain("open");
    } finally {
      deps.kms.enable();
    }
    const marked = documentRef(deps.stores, "inbox", { tenantId: desk.tenantId, conversationId: bob.conversationId });
    expect((await marked.get()).exists).toBe(false);
  });

  it("can be given to a member and labeled, in the trail by names of fields", async () => {
    const path = `/v1/conversations/${bob.conversationId}/inbox`;
    const { uid } = desk.account;
    expect(await acted(() => call("PUT", path, { assignee: uid, tags: ["urgent"] }))).toEqual(["conversation-changed"]);
    const { body } = await call("GET", "/v1/conversations");
    expect(body.conversations.find((one: Body) => one.conversationId === bob.conversationId)).toMatchObject({
      assignee: uid,
      tags: ["urgent"],
    });
    expect(
      (await leavesOf(deps, desk.tenantId)).filter(({ action }) => action === "conversation-changed").at(-1)?.metadata,
    ).toMatchObject({ fields: ["assignee", "tags"] });
    expect((await call("PUT", path, { assignee: null })).body).not.toHaveProperty("assignee");
    expect((await call("PUT", path, { assignee: "nobody" })).status).toBe(404);
  });
});

describe("persons and leads", () => {
  it("are found by the address that they left, exactly, and the trail does not say which", async () => {
    await alice.leave({ name: "Alice Liddell", email: "Alice@Wonder.example", message: "Call me about the cake." });
    let found: Body;
    const actions = await acted(async () => {
      found = await call("POST", "/v1/subjects/search", { kind: "email", value: " alice@wonder.EXAMPLE " });
    });
    expect(actions).toEqual(["subject-read", "subject-searched"]);
    expect(found.body.subjects).toMatchObject([
      { subjectId: alice.subjectId, verified: false, subject: { profile: { name: "Alice Liddell" } } },
    ]);
    expect(
      (await call("POST", "/v1/subjects/search", { kind: "email", value: "alic@wonder.example" })).body.subjects,
    ).toEqual([]);
    expect(JSON.stringify(await leavesOf(deps, desk.tenantId))).not.toMatch(/wonder|Liddell/i);
  });

  it("are shown verified before stated", async () => {
    await claimIdentifier(
      deps,
      { tenantId: desk.tenantId, subjectId: bob.subjectId },
      "email",
      "alice@wonder.example",
      "verified",
    );
    const { body } = await call("POST", "/v1/subjects/search", { kind: "email", value: "alice@wonder.example" });
    expect(body.subjects.map((one: Body) => [one.subjectId, one.verified])).toEqual([
      [bob.subjectId, true],
      [alice.subjectId, false],
    ]);
  });

  it("are looked up with conversations and leads, in the trail", async () => {
    let looked: Body;
    const actions = await acted(async () => {
      looked = await call("GET", `/v1/subjects/${alice.subjectId}`);
    });
    expect(actions).toEqual(["conversation-listed", "subject-read"]);
    expect(looked.body.subject.profile).toEqual({ name: "Alice Liddell", email: "Alice@Wonder.example" });
    expect(looked.body.leads).toMatchObject([{ message: "Call me about the cake.", state: "new" }]);
    expect((await call("GET", "/v1/subjects/nobody")).status).toBe(404);
  });

  it("leave leads that are listed with their text, one entry for each person, and marked as handled", async () => {
    const leadId = await bob.leave({ phone: "+44 20 7946 0000", message: "Please call." });
    let listed: Body;
    const actions = await acted(async () => {
      listed = await call("GET", "/v1/leads");
    });
    expect(actions).toEqual(["leads-read", "leads-read"]);
    expect(listed.body.leads.map((lead: Body) => lead.message).sort()).toEqual([
      "Call me about the cake.",
      "Please call.",
    ]);
    const first = await call("GET", "/v1/leads?limit=1");
    const second = await call("GET", `/v1/leads?limit=1&cursor=${first.body.nextCursor}`);
    expect([first.body.leads.length, second.body.leads.length]).toEqual([1, 1]);
    expect(first.body.leads[0].leadId).not.toBe(second.body.leads[0].leadId);
    expect((await call("PUT", `/v1/leads/${leadId}`, { state: "handled" })).body.lead.state).toBe("handled");
  });
});

describe("the audit trail", () => {
  const entriesOf = async (query: string) => (await call("GET", `/v1/audit${query}`)).body.entries;

  it("names staff, and persons while they exist; reading it is in it", async () => {
    await call("GET", `/v1/conversations/${alice.conversationId}`);
    const [newest] = await entriesOf("?limit=1");
    expect(newest).toMatchObject({
      action: "conversation-read",
      title: "Conversation read",
      sequenced: false,
      actor: { kind: "member", id: desk.account.uid, name: "Olive" },
    });
    expect(newest.targets).toEqual([
      { kind: "conversation", id: alice.conversationId },
      { kind: "subject", id: alice.subjectId },
    ]);
    expect(await acted(() => call("GET", "/v1/audit"))).toEqual(["audit-read"]);
  });

  it("is paged from the queue into the log without a gap, and says where an entry stands", async () => {
    await sequence(deps, desk.tenantId, "test", new Date(deps.clock.now().getTime() + 60_000));
    await call("GET", "/v1/conversations");
    const seen = new Map<string, Body>();
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { body } = await call(
        "GET",
        `/v1/audit?limit=7${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const entry of body.entries) seen.set(entry.entryId, entry);
      cursor = body.nextCursor;
      pages += 1;
    } while (cursor !== undefined && pages < 50);
    const total = (await leavesOf(deps, desk.tenantId)).length;
    // Every page adds one entry, which stands before what the next page shows.
    expect(seen.size).toBe(total - pages);
    const indexes = [...seen.values()].flatMap((entry) => entry.index ?? []);
    expect(indexes).toEqual(indexes.map((_, position) => indexes.length - 1 - position));
    expect([...seen.values()].filter((entry) => !entry.sequenced).length).toBeGreaterThan(0);
  });

  it("can be asked for one action and for one person, in the queue and in the log", async () => {
    const signedIn = await entriesOf("?action=signed-in");
    expect(signedIn.map((entry: Body) => entry.action)).toEqual(["signed-in"]);
    expect(signedIn[0].sequenced).toBe(true);
    const ofAlice = await entriesOf(`?subjectId=${alice.subjectId}&limit=100`);
    expect(new Set(ofAlice.map((entry: Body) => entry.action))).toEqual(
      new Set(["session-started", "conversation-read", "lead-created", "leads-read", "subject-read"]),
    );
    const reads = await entriesOf(`?subjectId=${alice.subjectId}&action=session-started`);
    expect(reads).toMatchObject([{ actor: { kind: "data-subject", id: alice.subjectId } }]);
    expect((await call("GET", "/v1/audit?action=made-up")).status).toBe(400);
  });

  it("says of an erased person that nobody can tell who it was", async () => {
    const carol = await welcome(deps, api, desk);
    await call("GET", `/v1/subjects/${carol.subjectId}`);
    const place = { tenantId: desk.tenantId, subjectId: carol.subjectId };
    await destroyKey(deps, { collection: "deks", ...place });
    // Entries of one moment have no order among them: look for the one, not for its place.
    const reads = await entriesOf("?action=subject-read&limit=50");
    expect(reads).toContainEqual(expect.objectContaining({ targets: [{ kind: "subject", erased: true }] }));
    const started = await entriesOf("?action=session-started&limit=50");
    expect(started).toContainEqual(
      expect.objectContaining({
        actor: { kind: "data-subject", erased: true },
        targets: [{ kind: "conversation", erased: true }, expect.objectContaining({ kind: "channel" })],
      }),
    );
    expect((await call("GET", `/v1/subjects/${carol.subjectId}`)).status).toBe(410);
    expect((await call("GET", `/v1/audit?subjectId=${carol.subjectId}`)).status).toBe(410);
    expect((await call("GET", `/v1/conversations/${carol.conversationId}`)).status).toBe(410);
  });
});

describe("settings", () => {
  it("change by the fields that are sent; the trail has their names and no values", async () => {
    expect(await acted(() => call("PUT", "/v1/settings", { name: "Bread of Zanzibar" }))).toEqual(["settings-changed"]);
    const { body } = await call("GET", "/v1/settings");
    expect(body.settings).toMatchObject({
      name: "Bread of Zanzibar",
      website: "https://bakery.example",
      status: "active",
    });
    const leaves = await leavesOf(deps, desk.tenantId);
    expect(leaves.at(-1)?.metadata).toEqual({
      fields: ["name"],
      commitments: { name: { before: expect.any(String), after: expect.any(String) } },
    });
    const whole = { name: "Bread of Zanzibar", website: "https://bakery.example" };
    expect(await acted(() => call("PUT", "/v1/settings", whole))).toEqual([]);
    expect(JSON.stringify(leaves)).not.toContain("Zanzibar");
    expect((await call("PUT", "/v1/settings", { plan: "free" })).status).toBe(400);
    expect((await call("PUT", "/v1/settings", { tenantId: "lethe_eu_tenant_florist000000000" })).status).toBe(400);
    expect((await call("PUT", "/v1/settings", { website: "javascript:alert(1)" })).status).toBe(400);
  });

  it("of agents and channels are made once for a key, listed and changed", async () => {
    const agent = { name: "Ruth", greeting: "Hi.", instructions: "Rhyme.", handoffText: "Later." };
    const made = await call("POST", "/v1/agents", agent, "agent-key-1");
    expect((await call("POST", "/v1/agents", agent, "agent-key-1")).body).toEqual(made.body);
    const { agentId } = made.body.agent;
    expect((await call("PUT", `/v1/agents/${agentId}`, { greeting: "Ho." })).body.agent).toMatchObject({
      ...agent,
      greeting: "Ho.",
    });
    expect((await call("GET", "/v1/agents")).body.agents).toHaveLength(2);
    const channel = { name: "Shop", agentId, origins: ["https://bakery.example"], accentColor: "#112233" };
    const opened = await call("POST", "/v1/channels", channel, "channel-key-1");
    const { channelId, channelKey } = opened.body.channel;
    expect(channelKey).toContain(channelId);
    expect((await call("PUT", `/v1/channels/${channelId}`, { enabled: false })).body.channel.enabled).toBe(false);
    expect((await call("GET", "/v1/channels")).body.channels).toHaveLength(2);
    expect(
      (await call("POST", "/v1/channels", { ...channel, origins: ["https://bakery.example/path"] }, "channel-key-2"))
        .status,
    ).toBe(400);
    expect((await call("POST", "/v1/channels", { ...channel, agentId: "nobody" }, "channel-key-3")).status).toBe(404);
  });

  it("of the notice are versions; the same text again is the one in force", async () => {
    const notice = { text: "An AI answers, and forgets.", purposes: [] };
    const published = await call("POST", "/v1/notices", notice);
    expect([published.status, published.body.notice.version]).toEqual([201, 2]);
    expect(await acted(() => call("POST", "/v1/notices", notice))).toEqual([]);
    expect((await call("GET", "/v1/notices")).body.notices.map((one: Body) => one.version)).toEqual([2, 1]);
  });
});

describe("team, keys, documents and jobs", () => {
  it("show who works here, without secrets", async () => {
    await call("POST", "/v1/members", { email: "nia@bakery.example", name: "Nia", role: "support" }, "member-key-1");
    const { body } = await call("GET", "/v1/members");
    expect(body.members.map((member: Body) => [member.name, member.role, member.state])).toEqual([
      ["Olive", "owner", "active"],
      ["Nia", "support", "active"],
    ]);
    const nia = body.members[1].uid;
    expect((await call("PUT", `/v1/members/${nia}`, { role: "viewer" })).body.member.role).toBe("viewer");
    expect((await call("DELETE", `/v1/members/${nia}`)).status).toBe(204);
    expect((await call("GET", "/v1/members")).body.members[1].state).toBe("removed");
    expect((await call("DELETE", `/v1/members/${desk.account.uid}`)).body.code).toBe("last-owner");
    const made = await call("POST", "/v1/keys", { name: "CRM", scopes: ["leads:read"] });
    expect((await call("DELETE", `/v1/keys/${made.body.key.keyId}`)).status).toBe(204);
    const { keys } = (await call("GET", "/v1/keys")).body;
    expect(keys).toMatchObject([{ name: "CRM", scopes: ["leads:read"], revokedAt: expect.any(String) }]);
    expect(JSON.stringify(keys)).not.toContain(made.body.secret.slice(-32));
    expect((await call("GET", "/v1/me")).body).toMatchObject({
      name: "Olive",
      role: "owner",
      tenantName: expect.any(String),
    });
  });

  it("take a document, list it, delete it", async () => {
    const file = { fileName: "hours.md", contentType: "text/markdown", text: "# Opening hours\n\nWe open at eight." };
    const taken = await call("POST", "/v1/documents", file, "document-key-1");
    expect([taken.status, taken.body.document.title]).toEqual([202, "Opening hours"]);
    expect((await call("POST", "/v1/documents", file, "document-key-1")).body.documentId).toBe(taken.body.documentId);
    expect((await call("GET", "/v1/documents")).body.documents).toMatchObject([{ fileName: "hours.md" }]);
    const one = await call("GET", `/v1/documents/${taken.body.documentId}`);
    expect(one.body.document).toMatchObject({ fileName: "hours.md", version: 1, liveVersion: 0 });
    expect((await call("GET", "/v1/documents/nowhere")).body.code).toBe("not-found");
    expect((await call("POST", "/v1/documents", { ...file, contentType: "text/html" }, "document-key-2")).status).toBe(
      400,
    );
    expect(
      (await call("POST", "/v1/documents", { ...file, text: "x".repeat(1024 * 1024 + 1) }, "document-key-3")).status,
    ).toBe(413);
    expect((await call("DELETE", `/v1/documents/${taken.body.documentId}`)).status).toBe(202);
    const { body } = await call("GET", "/v1/jobs");
    expect(body.jobs.map((job: Body) => job.kind)).toEqual(["knowledge", "knowledge"]);
  });

  it("show a job without its machinery, and stop only what may be stopped", async () => {
    const { tenantId, owner } = desk;
    const at = {
      tenantId,
      priority: 0,
      targets: { subjectId: "s1" },
      requestedBy: owner.actor,
      createdAt: deps.clock.now(),
    };
    await deps.stores.data.runTransaction(async (tx) => {
      createJob(tx, deps.stores, { ...at, id: "erasure-1", kind: "erasure" });
      createJob(tx, deps.stores, { ...at, id: "export-1", kind: "export" });
    });
    const { body } = await call("GET", "/v1/jobs/erasure-1");
    expect(Object.keys(body.job).sort()).toEqual([
      "cancellable",
      "counts",
      "createdAt",
      "jobId",
      "kind",
      "requestedBy",
      "state",
      "step",
      "targets",
      "updatedAt",
    ]);
    const counted = documentRef(deps.stores, "jobs", { tenantId, jobId: "export-1" });
    const startedAt = deps.clock.now();
    deps.clock.advance(50);
    const half = { state: "running", startedAt, updatedAt: deps.clock.now(), total: 100, counts: { turns: 50 } };
    await counted.update(half);
    const { job } = (await call("GET", "/v1/jobs/export-1")).body;
    expect(job).toMatchObject({ startedAt: startedAt.toISOString(), remainingSeconds: 49 });
    expect((await call("POST", "/v1/jobs/erasure-1/cancel")).body.code).toBe("job-not-cancellable");
    expect((await call("POST", "/v1/jobs/export-1/cancel")).body.job.state).toBe("cancelled");
    expect((await call("POST", "/v1/jobs/export-1/retry")).body.code).toBe("job-not-retryable");
    expect((await call("GET", "/v1/jobs/nothing")).status).toBe(404);
  });

  it("describe themselves to machines", async () => {
    const { openApiRoutes } = await import("../../functions/src/routes/openapi.ts");
    const { serveTable } = await import("../support/served.ts");
    const docs = await serveTable(openApiRoutes, () => deps);
    const reply = await docs.call("GET", "/v1/openapi.json");
    await docs.close();
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ openapi: "3.1.0", servers: [{ url: deps.config.API_ORIGIN }] });
  });
});
