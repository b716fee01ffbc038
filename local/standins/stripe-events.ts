import { createHmac, randomBytes } from "node:crypto";

/** Where events are sent, as made by `POST /v1/webhook_endpoints`. */
export type WebhookEndpoint = { id: string; object: "webhook_endpoint"; url: string; secret: string };

/** @returns an id of Stripe's shape, such as `cus_9s6XKzkNRiz8i3`. */
export function stripeId(prefix: string): string {
  return `${prefix}_${randomBytes(10).toString("hex")}`;
}

/** An event as Stripe sends it. @param object - what happened to what. */
export function stripeEvent(type: string, object: object): object {
  return {
    id: stripeId("evt"),
    object: "event",
    api_version: "2026-01-01",
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    data: { object },
  };
}

/**
 * Posts a signed event.
 *
 * @returns the HTTP status of the receiver.
 * @see docs.stripe.com/webhooks#verify-manually
 */
export async function sendEvent(endpoint: Pick<WebhookEndpoint, "url" | "secret">, event: object): Promise<number> {
  const payload = JSON.stringify(event);
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", endpoint.secret).update(`${seconds}.${payload}`).digest("hex");
  const response = await fetch(endpoint.url, {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      "stripe-signature": `t=${seconds},v1=${signature}`,
    },
    body: payload,
  });
  await response.body?.cancel();
  return response.status;
}
