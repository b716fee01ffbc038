import { z } from "zod";
import { type Notification, webhookEvents } from "../../recipients/notification.ts";
import { listDeliveries, sendTestEvent } from "../../recipients/send-test-event.ts";
import { readWebhookAsStaff, removeWebhook, rotateWebhookSecret, setWebhook } from "../../recipients/set-webhook.ts";
import { type RouteTable, route } from "../route.ts";
import { secret } from "../secret.ts";
import { recordId, text, time } from "./shapes.ts";

const webhookShape = z.strictObject({
  url: z.string(),
  createdAt: time,
  secretCreatedAt: time,
  earlierSecretUntil: time.optional(),
});

const deliveryShape = z.strictObject({
  notificationId: recordId,
  event: z.enum(webhookEvents),
  state: z.enum(["queued", "acknowledged", "unanswered", "withdrawn", "told"]),
  outcome: z.string().optional(),
  attempts: z.int(),
  lastStatus: z.int().optional(),
  bodyHash: z.string().optional(),
  createdAt: time,
  acknowledgedAt: time.optional(),
});

function wireDelivery(notification: Notification) {
  const { id: notificationId, event, state, outcome, attempts } = notification;
  const { lastStatus, bodyHash, createdAt, acknowledgedAt } = notification;
  return { notificationId, event, state, outcome, attempts, lastStatus, bodyHash, createdAt, acknowledgedAt };
}

/** The endpoint of the business's own software that is told of erasures, restrictions and rectifications. */
export const webhookRoutes = {
  "GET /v1/webhook": route({
    caller: "account:read",
    summary: "The endpoint, without its secret; null when there is none",
    answer: { 200: z.strictObject({ webhook: webhookShape.nullable() }) },
    audit: { none: "settings of the business, read by its own staff" },
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { webhook: (await readWebhookAsStaff(deps, staff)) ?? null },
    }),
  }),
  "PUT /v1/webhook": route({
    caller: "keys:write",
    summary: "Say which endpoint is told; the first one's signing secret is shown this once",
    body: z.strictObject({ url: text(500) }),
    answer: { 200: z.strictObject({ webhook: webhookShape, secret: secret(z.string()).optional() }) },
    audit: "webhook-changed",
    limit: "staff-write",
    handle: async (deps, staff, { body: { url } }) => ({ status: 200, body: await setWebhook(deps, staff, url) }),
  }),
  "POST /v1/webhook/secret": route({
    caller: "keys:write",
    summary: "Replace the signing secret, shown this once; the one before signs too for a day",
    answer: { 200: z.strictObject({ webhook: webhookShape, secret: secret(z.string()) }) },
    audit: "webhook-secret-rotated",
    limit: "staff-write",
    handle: async (deps, staff) => ({ status: 200, body: await rotateWebhookSecret(deps, staff) }),
  }),
  "POST /v1/webhook/test": route({
    caller: "keys:write",
    summary: "Send the endpoint a message that concerns nobody",
    answer: { 202: z.strictObject({ notificationId: recordId }) },
    audit: "recipient-told",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, _input, { idempotencyKey }) => ({
      status: 202,
      body: { notificationId: await sendTestEvent(deps, staff, idempotencyKey) },
    }),
  }),
  "GET /v1/webhook/deliveries": route({
    caller: "audit:read",
    summary: "The newest 100 messages to the endpoint, and how each stands",
    answer: { 200: z.strictObject({ deliveries: z.array(deliveryShape) }) },
    audit: { none: "ids, states and hashes; no person's data" },
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { deliveries: (await listDeliveries(deps, staff)).map(wireDelivery) },
    }),
  }),
  "DELETE /v1/webhook": route({
    caller: "keys:write",
    summary: "Remove the endpoint and its secret; messages that wait for it are withdrawn",
    answer: { 204: "nothing" },
    audit: "webhook-deleted",
    limit: "staff-write",
    handle: async (deps, staff) => {
      await removeWebhook(deps, staff);
      return { status: 204 };
    },
  }),
} as const satisfies RouteTable;
