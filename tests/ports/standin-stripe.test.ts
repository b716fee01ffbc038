import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import Stripe from "stripe";
import type { HttpService } from "../../local/standins/http-service.ts";
import { startStripe } from "../../local/standins/stripe.ts";
import { parseForm } from "../../local/standins/stripe-form.ts";

const received: { signature: string; payload: string }[] = [];
let service: HttpService;
let stripe: Stripe;
let receiver: Server;
let receiverUrl: string;

beforeAll(async () => {
  service = await startStripe({ port: 0 });
  stripe = new Stripe("sk_test_local", {
    host: "127.0.0.1",
    port: service.port,
    protocol: "http",
    maxNetworkRetries: 0,
  });
  receiver = createServer((request, response) => {
    let payload = "";
    request.on("data", (part: Buffer) => {
      payload += part.toString();
    });
    request.on("end", () => {
      received.push({ signature: String(request.headers["stripe-signature"]), payload });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", () => resolve()));
  const address = receiver.address();
  receiverUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
});
afterAll(async () => {
  await service.close();
  receiver.closeAllConnections();
  receiver.close();
});

describe("the Stripe stand-in", () => {
  it("reads nested forms and lists", () => {
    expect(parseForm("a=1&metadata[tenant]=t&items[0][price]=p&items[1][price]=q&__proto__[x]=1")).toEqual({
      a: "1",
      metadata: { tenant: "t" },
      items: [{ price: "p" }, { price: "q" }],
    });
  });

  it("makes, shows, changes and deletes a customer", async () => {
    const made = await stripe.customers.create({ email: "a@b.example", metadata: { tenant: "t1" } });
    expect(made.id).toMatch(/^cus_/);
    await stripe.customers.update(made.id, { name: "Ann" });
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ name: "Ann", metadata: { tenant: "t1" } });
    expect(await stripe.customers.del(made.id)).toMatchObject({ deleted: true });
    await expect(stripe.customers.retrieve(made.id)).rejects.toMatchObject({
      statusCode: 404,
      code: "resource_missing",
    });
  });

  it("answers a repeated idempotency key with the first answer and refuses it for another request", async () => {
    const options = { idempotencyKey: "key-1" };
    const first = await stripe.customers.create({ email: "c@d.example" }, options);
    expect((await stripe.customers.create({ email: "c@d.example" }, options)).id).toBe(first.id);
    await expect(stripe.customers.create({ email: "e@f.example" }, options)).rejects.toMatchObject({
      type: "StripeIdempotencyError",
    });
  });

  it("goes from checkout to a subscription, with signed events, and back to the shop", async () => {
    const endpoint = await stripe.webhookEndpoints.create({ url: receiverUrl, enabled_events: ["*"] });
    const customer = (await stripe.customers.create({})).id;
    const session = await stripe.checkout.sessions.create({
      customer,
      mode: "subscription",
      line_items: [{ price: "price_pro", quantity: 1 }],
      success_url: `${receiverUrl}done?session={CHECKOUT_SESSION_ID}`,
      subscription_data: { metadata: { tenant: "t1" } },
    });
    expect(await (await fetch(session.url ?? "")).text()).toContain("Pay");
    const paid = await fetch(session.url ?? "", { method: "POST", redirect: "manual" });
    expect(paid.headers.get("location")).toBe(`${receiverUrl}done?session=${session.id}`);
    const { data } = await stripe.subscriptions.list({ customer });
    expect(data).toMatchObject([{ status: "active", metadata: { tenant: "t1" } }]);
    const events = received.map(({ payload, signature }) =>
      stripe.webhooks.constructEvent(payload, signature, endpoint.secret ?? ""),
    );
    expect(events.map((event) => event.type)).toEqual(["customer.subscription.created", "checkout.session.completed"]);
    const ended = await stripe.subscriptions.cancel(data[0]?.id ?? "");
    expect(ended.status).toBe("canceled");
  });

  it("opens the billing portal and counts metered use once an identifier", async () => {
    const customer = (await stripe.customers.create({})).id;
    const portal = await stripe.billingPortal.sessions.create({ customer, return_url: "http://x.example/back" });
    expect(portal.url).toBe("http://x.example/back");
    const event = {
      event_name: "answers",
      identifier: "turn-1",
      payload: { stripe_customer_id: customer, value: "3" },
    };
    expect((await stripe.billing.meterEvents.create(event)).payload).toMatchObject({ value: "3" });
    await expect(stripe.billing.meterEvents.create(event)).rejects.toMatchObject({ statusCode: 400 });
  });
});
