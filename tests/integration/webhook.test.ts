import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startIdentifiedSession } from "../../functions/src/conversations/start-identified-session.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { collectionRef, documentRef } from "../../functions/src/inventory/collections.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { listDeliveries, sendTestEvent } from "../../functions/src/recipients/send-test-event.ts";
import { removeWebhook, rotateWebhookSecret, setWebhook } from "../../functions/src/recipients/set-webhook.ts";
import { webhookJob } from "../../functions/src/recipients/webhook-job.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { previewErasure } from "../../functions/src/subject-requests/erasure/preview-erasure.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { liftRestriction } from "../../functions/src/subject-requests/rights/lift-restriction.ts";
import { rectifySubject } from "../../functions/src/subject-requests/rights/rectify-subject.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { addIdentityKey } from "../../functions/src/visitors/add-identity-key.ts";
import type { Handler } from "../fakes/publisher.ts";
import { leavesOf } from "../support/audit-log.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { claimsFor, newVoucher, vouch } from "../support/vouching-shop.ts";
import { watchFirestore } from "../support/watch-firestore.ts";

const watch = watchFirestore();
const voucher = newVoucher("EdDSA");
const minute = 60;
const hour = 60 * minute;
let deps: TestDeps;
let shop: Shop;
let secret: string;

beforeAll(async () => {
  deps = testDeps();
  shop = await openShop(deps, "bakery");
  await addIdentityKey(deps, shop.staff, { name: "shop", publicKey: voucher.pem });
  secret = (await setWebhook(deps, shop.staff, "https://hooks.bakery.example/lethe?key=1")).secret ?? "";
});

afterAll(async () => {
  await deps.close();
  expect(watch.faults()).toEqual([]);
});

beforeEach(() => deps.webhooks.answerAlways({ kind: "answered", status: 204, body: "" }));

let persons = 0;

/** A person whom the business vouches for, with an address that it checked. */
async function arrive(): Promise<{ subjectId: string; reference: string; tenantId: string }> {
  persons += 1;
  const reference = `customer-${persons}`;
  const claims = claimsFor(shop.channelKey, reference, deps.clock.now(), {
    email: `${reference}@people.example`,
    email_verified: true,
  });
  const kid = (await collectionRef(deps.stores, "identityKeys", { tenantId: shop.tenantId }).get()).docs[0]?.get("kid");
  const visitor = { kind: "channel", tenantId: shop.tenantId, channelId: shop.channelId } as const;
  const answers = { noticeVersion: 1, consents: {} };
  const token = await vouch({ ...voucher, kid: String(kid) }, claims);
  const session = await startIdentifiedSession(deps, visitor, answers, token, `${deps.ids.next()}${deps.ids.next()}`);
  const { subjectId } = openSessionToken(deps.config, session.token, deps.clock.now());
  return { subjectId, reference, tenantId: shop.tenantId };
}

const jobs = { "erasure-steps": erasureJob, "webhook-deliveries": webhookJob } as const;

/** Delivers messages, and lets the resumer find what waits, until the clock has moved on by so much. */
async function run(seconds: number): Promise<void> {
  const handlers: Record<string, Handler> = { "ledger-nudges": () => Promise.resolve() };
  for (const [topic, kind] of Object.entries(jobs)) {
    handlers[topic] = (payload, delivery) => runJob(deps, kind, stepMessage.parse(payload), delivery);
  }
  const end = deps.clock.now().getTime() + seconds * 1000;
  await deps.publisher.drain(handlers);
  while (deps.clock.now().getTime() < end) {
    const pause = Math.min(seconds > hour ? 30 * minute : 2 * minute, (end - deps.clock.now().getTime()) / 1000);
    deps.clock.advance(pause);
    await resumeStalledJobs(deps);
    await deps.publisher.drain(handlers);
  }
}

const receiptOf = async (receiptId: string) => {
  const stored = await documentRef(deps.stores, "receipts", { tenantId: shop.tenantId, receiptId }).get();
  const envelope = stored.get("envelope") as { payload: string } | undefined;
  return envelope === undefined ? undefined : JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8"));
};

const erase = (subjectId: string) =>
  requestErasure(deps, shop.staff.actor, shop.tenantId, { kind: "person", subjectId }, undefined);

const last = () => {
  const message = deps.webhooks.sent.at(-1);
  if (message === undefined) throw new Error("nothing was sent");
  return { ...message, json: JSON.parse(message.body) as { type: string; data: Record<string, unknown> } };
};

describe("an erasure", () => {
  it("tells the business's own endpoint, and its receipt says what the endpoint answered", async () => {
    deps.webhooks.answerAlways({ kind: "answered", status: 200, body: '{"outcome":"deleted"}' });
    const { subjectId, reference } = await arrive();
    const { jobId } = await erase(subjectId);
    await run(12 * minute);
    const { url, headers, body, json } = last();
    expect(url).toBe("https://hooks.bakery.example/lethe?key=1");
    expect(json.type).toBe("subject.erased");
    expect(json.data).toEqual({
      subjectId,
      reference,
      receiptId: jobId,
      salt: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const mac = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
      .update(signed)
      .digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
    const { recipients } = await receiptOf(jobId);
    expect(recipients).toContainEqual({
      name: "tenantWebhook",
      recipient: "hooks.bakery.example",
      outcome: "deleted",
      acknowledged: true,
      on: expect.any(String),
      notificationId: headers["webhook-id"],
    });
    const record = await documentRef(deps.stores, "notifications", {
      tenantId: shop.tenantId,
      notificationId: headers["webhook-id"] ?? "",
    }).get();
    expect(record.get("bodyHash")).toBe(createHash("sha256").update(body).digest("hex"));
    expect(JSON.stringify(record.data())).not.toContain(reference);
    expect(JSON.stringify(record.data())).not.toContain(subjectId);
  });

  it("leaves the reference nowhere once the message is taken", async () => {
    const { subjectId, reference } = await arrive();
    const { jobId } = await erase(subjectId);
    await run(12 * minute);
    const { tenantId } = shop;
    const id = last().headers["webhook-id"] ?? "";
    for (const jobInput of [jobId, id]) {
      expect((await documentRef(deps.stores, "jobInputs", { tenantId, jobId: jobInput }).get()).exists).toBe(false);
      expect((await documentRef(deps.stores, "jobKeys", { tenantId, jobId: jobInput }).get()).exists).toBe(false);
    }
    expect(JSON.stringify(await leavesOf(deps, tenantId))).not.toContain(reference);
    expect((await findJob(deps.stores, tenantId, id))?.state).toBe("done");
  });

  it("says requested when the endpoint says no more than that it was told", async () => {
    const { subjectId } = await arrive();
    const { jobId } = await erase(subjectId);
    await run(12 * minute);
    const { recipients } = (await receiptOf(jobId)) as { recipients: { name: string }[] };
    expect(recipients.find(({ name }) => name === "tenantWebhook")).toMatchObject({
      outcome: "requested",
      acknowledged: true,
    });
  });

  it("does not wait for ever: after a day the receipt says that nobody acknowledged, and the message goes on", async () => {
    deps.webhooks.answerAlways({ kind: "answered", status: 500, body: "" });
    const { subjectId } = await arrive();
    const { jobId } = await erase(subjectId);
    await run(23 * hour);
    expect(await receiptOf(jobId)).toBeUndefined();
    await run(3 * hour);
    const { recipients } = (await receiptOf(jobId)) as { recipients: { name: string }[] };
    expect(recipients.find(({ name }) => name === "tenantWebhook")).toMatchObject({
      outcome: "requested",
      acknowledged: false,
    });
    const sent = deps.webhooks.sent.length;
    deps.webhooks.answerAlways({ kind: "unreachable", why: "timeout" });
    await run(50 * hour);
    expect(deps.webhooks.sent.length).toBeGreaterThan(sent);
    const [delivery] = await listDeliveries(deps, shop.staff);
    expect(delivery).toMatchObject({ state: "unanswered", lastStatus: 500 });
    const job = await findJob(deps.stores, shop.tenantId, delivery?.id ?? "");
    expect(job).toMatchObject({ state: "failed", failure: { code: "recipient-unanswered", retryable: true } });
    // Every try is the same message.
    const tries = deps.webhooks.sent.filter(({ headers }) => headers["webhook-id"] === delivery?.id);
    expect(new Set(tries.map(({ body }) => body)).size).toBe(1);
    expect(tries.length).toBeGreaterThan(8);
    expect(tries.length).toBeLessThan(30);
  });

  it.each([
    ["a redirect", 302],
    ["a refusal", 410],
    ["a failure", 503],
  ])("takes %s for no acknowledgement", async (_, status) => {
    deps.webhooks.answerNext({ kind: "answered", status, body: '{"outcome":"deleted"}' });
    const { subjectId } = await arrive();
    await erase(subjectId);
    await run(0);
    const [delivery] = await listDeliveries(deps, shop.staff);
    expect(delivery).toMatchObject({ state: "queued", attempts: 1, lastStatus: status });
    await run(12 * minute);
    expect((await listDeliveries(deps, shop.staff))[0]).toMatchObject({ state: "acknowledged", attempts: 2 });
  });

  it.each(["[]", '"deleted"', "{", '{"outcome":"everything"}', '{"outcome":["deleted"]}'])(
    "takes an answer of %s for having been told, and no more",
    async (body) => {
      deps.webhooks.answerNext({ kind: "answered", status: 200, body });
      const { subjectId } = await arrive();
      await erase(subjectId);
      await run(0);
      expect((await listDeliveries(deps, shop.staff))[0]).toMatchObject({
        state: "acknowledged",
        outcome: "requested",
      });
    },
  );

  it("of a conversation is another event, so that nobody deletes the person", async () => {
    const { subjectId, reference } = await arrive();
    const heads = await collectionRef(deps.stores, "conversations", { tenantId: shop.tenantId })
      .where("subjectId", "==", subjectId)
      .where("state", "==", "open")
      .get();
    const conversationId = heads.docs[0]?.id ?? "";
    const scope = { kind: "conversation", subjectId, conversationId } as const;
    await requestErasure(deps, shop.staff.actor, shop.tenantId, scope, undefined);
    await run(0);
    expect(last().json).toMatchObject({
      type: "conversation.erased",
      data: { subjectId, conversationId, reference },
    });
  });

  it("names the endpoint in its preview", async () => {
    const { subjectId } = await arrive();
    const preview = await previewErasure(deps, shop.staff.actor, shop.tenantId, { kind: "person", subjectId });
    expect(preview.recipients.map(({ recipient }) => recipient)).toContain("hooks.bakery.example");
  });
});

describe("recipients of Art. 19", () => {
  it("are told of a restriction, its end and a rectification, by names of fields alone", async () => {
    const { subjectId, reference, tenantId } = await arrive();
    const subject = { tenantId, subjectId };
    const ids = { subjectId, reference, salt: expect.any(String) };
    await restrictSubject(deps, shop.staff.actor, subject, "accuracy");
    await restrictSubject(deps, shop.staff.actor, subject, "accuracy");
    await run(0);
    expect(last().json).toMatchObject({ type: "subject.restricted", data: ids });
    await liftRestriction(deps, shop.staff.actor, subject, "asked for");
    await run(0);
    expect(last().json).toMatchObject({ type: "subject.restriction-lifted", data: ids });
    const corrected = { name: "Vera", email: "new@people.example" };
    await rectifySubject(deps, shop.staff.actor, subject, corrected, "asked for");
    await run(0);
    expect(last().json.data).toEqual({ ...ids, fields: ["name", "email"] });
    expect(last().body).not.toContain("people.example");
    expect(deps.mail.removals).toContain(`${reference}@people.example`);
    const told = await collectionRef(deps.stores, "notifications", { tenantId })
      .where("subjectId", "==", subjectId)
      .get();
    const words = told.docs.map((record) =>
      [record.get("recipient"), record.get("event"), record.get("outcome")].join(" "),
    );
    expect(words.sort()).toEqual([
      "postmarkMail subject.rectified requested",
      "postmarkMail subject.restricted holds-nothing",
      "postmarkMail subject.restriction-lifted expires-on",
      "tenantWebhook subject.rectified received",
      "tenantWebhook subject.restricted received",
      "tenantWebhook subject.restriction-lifted received",
      "vertexAi subject.rectified expires-on",
      "vertexAi subject.restricted expires-on",
      "vertexAi subject.restriction-lifted expires-on",
    ]);
  });

  it("are not told of somebody who was erased before the message went out", async () => {
    const { subjectId, tenantId } = await arrive();
    deps.webhooks.answerAlways({ kind: "answered", status: 500, body: "" });
    await restrictSubject(deps, shop.staff.actor, { tenantId, subjectId }, "accuracy");
    await run(0);
    await erase(subjectId);
    deps.webhooks.answerAlways({ kind: "answered", status: 204, body: "" });
    const before = deps.webhooks.sent.length;
    await run(20 * minute);
    const events = deps.webhooks.sent.slice(before).map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(events).toEqual(["subject.erased"]);
    const left = await collectionRef(deps.stores, "notifications", { tenantId })
      .where("subjectId", "==", subjectId)
      .get();
    expect(left.size).toBe(0);
  });
});

describe("a webhook", () => {
  it("shows its secret once, and signs with the one before for a day after a change", async () => {
    const again = await setWebhook(deps, shop.staff, "https://hooks.bakery.example/other");
    expect(again.secret).toBeUndefined();
    const rotated = await rotateWebhookSecret(deps, shop.staff);
    await sendTestEvent(deps, shop.staff, "a-test-of-both");
    await run(0);
    expect(last().headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    deps.clock.advance(25 * hour);
    await sendTestEvent(deps, shop.staff, "a-test-of-one");
    await run(0);
    const { headers, body } = last();
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const mac = createHmac("sha256", Buffer.from(rotated.secret.slice(6), "base64"))
      .update(signed)
      .digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
    const stored = await documentRef(deps.stores, "webhooks", { tenantId: shop.tenantId, webhookId: "main" }).get();
    expect(JSON.stringify(stored.data())).not.toContain(rotated.secret.slice(6));
  });

  it("gets one test message for one key", async () => {
    const before = deps.webhooks.sent.length;
    const first = await sendTestEvent(deps, shop.staff, "the-same-test");
    expect(await sendTestEvent(deps, shop.staff, "the-same-test")).toBe(first);
    await run(0);
    expect(deps.webhooks.sent.length - before).toBe(1);
  });

  it("that is removed gets nothing more, not even what waits", async () => {
    deps.webhooks.answerAlways({ kind: "answered", status: 500, body: "" });
    deps.clock.advance(1);
    await sendTestEvent(deps, shop.staff, "a-test-that-waits");
    await run(0);
    await removeWebhook(deps, shop.staff);
    const before = deps.webhooks.sent.length;
    await run(20 * minute);
    expect(deps.webhooks.sent).toHaveLength(before);
    expect((await listDeliveries(deps, shop.staff))[0]).toMatchObject({ state: "withdrawn" });
    await expect(sendTestEvent(deps, shop.staff, "a-test-of-nothing")).rejects.toMatchObject({ code: "not-found" });
    const { subjectId } = await arrive();
    const { jobId } = await erase(subjectId);
    await run(12 * minute);
    const { recipients } = (await receiptOf(jobId)) as { recipients: { name: string }[] };
    expect(recipients.map(({ name }) => name)).not.toContain("tenantWebhook");
  });
});
