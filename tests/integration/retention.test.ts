import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { listConversations } from "../../functions/src/conversations/list-conversations.ts";
import { createKey } from "../../functions/src/crypto/keyring.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { changeRetention } from "../../functions/src/retention/change-retention.ts";
import { previewRetention } from "../../functions/src/retention/preview-retention.ts";
import { retentionJob } from "../../functions/src/retention/retention-job.ts";
import { hourOf, startRetention, sweepRetention } from "../../functions/src/retention/sweep-retention.ts";
import { findReceipt } from "../../functions/src/subject-requests/store.ts";
import { actionsOf } from "../support/audit-log.ts";
import { findKey } from "../support/find-key.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const day = 86_400;

describe("retention", () => {
  let deps: TestDeps;
  let shop: Shop;

  const write = (path: string, fields: Record<string, unknown>) =>
    deps.stores.data.doc(`tenants/${shop.tenantId}/${path}`).set(fields);
  const exists = async (path: string) => (await deps.stores.data.doc(`tenants/${shop.tenantId}/${path}`).get()).exists;
  const purge = async () => {
    const id = await startRetention(deps, shop.tenantId, deps.clock.now());
    await deps.publisher.drain({
      "retention-steps": (payload, delivery) => runJob(deps, retentionJob, stepMessage.parse(payload), delivery),
    });
    const job = await findJob(deps.stores, shop.tenantId, id);
    expect({ state: job?.state, failure: job?.failure }).toEqual({ state: "done", failure: undefined });
    return id;
  };
  const person = async (subjectId: string) => {
    await createKey(deps, { collection: "deks", tenantId: shop.tenantId, subjectId });
    await write(`subjects/${subjectId}`, { state: "active", createdAt: deps.clock.now() });
  };
  const conversation = async (id: string, subjectId: string) => {
    const at = deps.clock.now();
    await write(`conversations/${id}`, {
      subjectId,
      state: "open",
      subjectState: "active",
      window: {},
      turnCount: 1,
      lastTurnAt: at,
      startedAt: at,
    });
    await write(`conversations/${id}/turns/t1`, { subjectId, conversationId: id, askedAt: at });
    await write(`inbox/${id}`, { subjectId });
  };

  beforeAll(async () => {
    deps = testDeps();
    shop = await openShop(deps, "keeper");
    await person("oldie000000000000000");
    await person("regular0000000000000");
    await conversation("c1", "oldie000000000000000");
    await conversation("c2", "regular0000000000000");
    deps.clock.advance(200 * day);
    await conversation("c3", "regular0000000000000");
    deps.clock.advance(164 * day);
  });
  afterAll(() => deps.close());

  it("purges nothing before its time", async () => {
    await purge();
    expect(await exists("conversations/c1")).toBe(true);
    expect(await exists("conversations/c2/turns/t1")).toBe(true);
  });

  it("purges what is past its period, with its turns, and a person of whom nothing is left", async () => {
    deps.clock.advance(2 * day);
    const id = await purge();
    for (const gone of [
      "conversations/c1",
      "conversations/c1/turns/t1",
      "inbox/c1",
      "conversations/c2",
      "conversations/c2/turns/t1",
    ]) {
      expect([gone, await exists(gone)]).toEqual([gone, false]);
    }
    expect(await exists("conversations/c3/turns/t1")).toBe(true);
    expect(await exists("subjects/regular0000000000000")).toBe(true);
    expect(await exists("subjects/oldie000000000000000")).toBe(false);
    expect(await findKey(deps, shop.tenantId, "oldie000000000000000")).toBeUndefined();
    expect(await findKey(deps, shop.tenantId, "regular0000000000000")).toBeDefined();
    const receipt = await findReceipt(deps.stores, shop.tenantId, id);
    const statement = JSON.parse(Buffer.from(receipt?.envelope.payload ?? "", "base64").toString("utf8")) as {
      purged: unknown;
    };
    expect(statement.purged).toMatchObject({ conversations: 2, persons: 1 });
  });

  it("purges more records of one moment than a page holds, in one run", async () => {
    const createdAt = deps.clock.now();
    const ids = Array.from({ length: 900 }, (_, number) => `same${number}`);
    for (const part of [ids.slice(0, 450), ids.slice(450)]) {
      const batch = deps.stores.data.batch();
      for (const id of part) {
        const ref = deps.stores.data.doc(`tenants/${shop.tenantId}/aiSessions/${id}`);
        batch.set(ref, { subjectId: "regular0000000000000", createdAt });
      }
      await batch.commit();
    }
    deps.clock.advance(31 * day);
    await purge();
    const left = await deps.stores.data.collection(`tenants/${shop.tenantId}/aiSessions`).count().get();
    expect(left.data().count).toBe(0);
  });

  it("purges a conversation in which nothing was ever asked, counted from its start, with its person and the key", async () => {
    const bystander = "bystander00000000000";
    await person(bystander);
    await write("conversations/n1", {
      subjectId: bystander,
      state: "open",
      window: {},
      turnCount: 0,
      startedAt: deps.clock.now(),
    });
    await write("consents/n1", { subjectId: bystander, purpose: "remember", given: true, createdAt: deps.clock.now() });
    const listed = await listConversations(deps, shop.staff, { limit: 100 });
    expect(listed.conversations.map(({ conversationId }) => conversationId)).not.toContain("n1");
    deps.clock.advance(364 * day);
    await purge();
    expect(await exists("conversations/n1")).toBe(true);
    deps.clock.advance(2 * day);
    const [preview] = await previewRetention(deps, shop.tenantId, "conversation", 365);
    expect(preview).toEqual({ collection: "conversations", count: 1 });
    const before = await actionsOf(deps, shop.tenantId);
    await purge();
    for (const gone of ["conversations/n1", "consents/n1", `subjects/${bystander}`])
      expect([gone, await exists(gone)]).toEqual([gone, false]);
    expect(await findKey(deps, shop.tenantId, bystander)).toBeUndefined();
    const destroyed = (actions: string[]) => actions.filter((action) => action === "key-destroyed").length;
    expect(destroyed(await actionsOf(deps, shop.tenantId)) - destroyed(before)).toBe(1);
  });

  it("passes over a restricted person and a held item", async () => {
    await person("restricted0000000000");
    await person("held0000000000000000");
    await conversation("r1", "restricted0000000000");
    await conversation("h1", "held0000000000000000");
    await write("subjects/restricted0000000000", { state: "restricted", createdAt: deps.clock.now() });
    const endsAt = new Date(deps.clock.now().getTime() + 1_000 * day * 1000);
    await write("holds/hold1", {
      subjectId: "held0000000000000000",
      state: "active",
      items: [`tenants/${shop.tenantId}/conversations/h1`],
      basis: "claim",
      endsAt,
      createdAt: deps.clock.now(),
    });
    deps.clock.advance(400 * day);
    await purge();
    expect(await exists("conversations/r1/turns/t1")).toBe(true);
    expect(await exists("conversations/h1/turns/t1")).toBe(true);
  });

  it("shortens a period after 24 hours and says beforehand what would go", async () => {
    await person("fresh000000000000000");
    await conversation("f1", "fresh000000000000000");
    deps.clock.advance(20 * day);
    const preview = await previewRetention(deps, shop.tenantId, "conversation", 10);
    expect(preview.find(({ collection }) => collection === "conversations")?.count).toBeGreaterThan(0);
    const from = await changeRetention(deps, shop.staff, "conversation", 10);
    expect(from.getTime() - deps.clock.now().getTime()).toBe(day * 1000);
    await purge();
    expect(await exists("conversations/f1")).toBe(true);
    deps.clock.advance(day + 1);
    await purge();
    expect(await exists("conversations/f1")).toBe(false);
  });

  it("refuses a period outside the bounds of its class", async () => {
    await expect(changeRetention(deps, shop.staff, "audit-log", 30)).rejects.toMatchObject({ code: "input-invalid" });
    await expect(changeRetention(deps, shop.staff, "export", null)).rejects.toMatchObject({ code: "input-invalid" });
  });

  it("keeps a consent that was not withdrawn, and takes a withdrawn one with what it withdrew", async () => {
    const consent = (id: string, given: boolean) =>
      write(`consents/${id}`, {
        subjectId: "regular0000000000000",
        purpose: id.slice(0, 3),
        given,
        createdAt: deps.clock.now(),
      });
    await consent("one-a", true);
    await consent("two-a", true);
    deps.clock.advance(60);
    await consent("two-b", false);
    deps.clock.advance(1_100 * day);
    await purge();
    expect([await exists("consents/one-a"), await exists("consents/two-a"), await exists("consents/two-b")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("starts each tenant's purge in its hour, once a day", async () => {
    const hour = hourOf(shop.tenantId);
    deps.clock.set(new Date(Date.UTC(2031, 0, 1, hour, 5)));
    await sweepRetention(deps);
    const before = deps.publisher.published.length;
    await sweepRetention(deps);
    deps.clock.advance(3_600);
    await sweepRetention(deps);
    expect(deps.publisher.published.length).toBe(before);
  });
});
