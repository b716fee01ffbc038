import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, type HttpService, sendJson, serveHttp } from "./http-service.ts";
import { sendEvent, stripeEvent, stripeId, type WebhookEndpoint } from "./stripe-events.ts";
import { type FormObject, objectAt, parseForm, textAt } from "./stripe-form.ts";

type Item = Record<string, unknown> & { id: string; object: string };
type Call = { form: FormObject; id: string; query: URLSearchParams };
type Answer = { status: number; body: unknown };

class StripeFailure extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Everything one account holds, in memory. */
class Account {
  readonly items = new Map<string, Item>();
  readonly endpoints: WebhookEndpoint[] = [];
  readonly meterEvents: Item[] = [];
  readonly answered = new Map<string, Answer & { request: string }>();

  add(prefix: string, object: string, fields: object): Item {
    const item = { id: stripeId(prefix), object, created: nowSeconds(), livemode: false, ...fields };
    this.items.set(item.id, item);
    return item;
  }

  get(id: string, object: string): Item {
    const item = this.items.get(id);
    if (item?.object === object) return item;
    throw new StripeFailure(404, "resource_missing", `No such ${object}: '${id}'`);
  }

  async publish(type: string, object: object): Promise<void> {
    const event = stripeEvent(type, object);
    await Promise.allSettled(this.endpoints.map((endpoint) => sendEvent(endpoint, event)));
  }
}

/**
 * A stand-in for Stripe over its own HTTP protocol: customers, checkout, billing portal, subscriptions, meter events and webhook
 * endpoints, with idempotency keys. A checkout's page has one button that pays. `POST /standin/events` {type, object, url?, secret?}
 * sends a signed event; `GET /standin/meter-events` lists what was metered.
 *
 * @param options.port - 0 takes a free one.
 */
export async function startStripe(options: { port: number }): Promise<HttpService> {
  const account = new Account();
  return serveHttp(options.port, async (request, response) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
    if (url.pathname.startsWith("/standin/")) return control(account, request, response, url.pathname);
    if (url.pathname.startsWith("/checkout/")) return checkoutPage(account, request, response, url.pathname);
    const { status, body } = await answer(account, request, url);
    response.setHeader("request-id", stripeId("req"));
    sendJson(response, status, body);
  });
}

async function answer(account: Account, request: IncomingMessage, url: URL): Promise<Answer> {
  const text = await bodyOf(request);
  const key = request.headers["idempotency-key"];
  const fingerprint = `${request.method} ${url.pathname} ${text}`;
  const known = typeof key === "string" ? account.answered.get(key) : undefined;
  if (known !== undefined) {
    return known.request === fingerprint
      ? known
      : failure(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters.");
  }
  const made = routed(account, request, url, text);
  if (typeof key === "string" && made.status < 500) account.answered.set(key, { ...made, request: fingerprint });
  return made;
}

function routed(account: Account, request: IncomingMessage, url: URL, text: string): Answer {
  if (!request.headers.authorization?.startsWith("Bearer sk_")) {
    return failure(401, "api_key_missing", "You did not provide an API key.");
  }
  const [, collection = "", id = ""] =
    /^\/v1\/([a-z_]+(?:\/(?:sessions|meter_events))?)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
  const handle = methodsOf(account, url.origin)[`${request.method} ${collection}${id === "" ? "" : "/{id}"}`];
  if (handle === undefined)
    return failure(404, "resource_missing", `Unrecognized request URL (${request.method}: ${url.pathname}).`);
  try {
    return { status: 200, body: handle({ form: parseForm(text), id, query: url.searchParams }) };
  } catch (error) {
    if (error instanceof StripeFailure) return failure(error.status, error.code, error.message);
    throw error;
  }
}

function failure(status: number, code: string, message: string): Answer {
  const type = code === "idempotency_error" ? code : "invalid_request_error";
  return { status, body: { error: { type, code, message } } };
}

function methodsOf(account: Account, origin: string): Record<string, (call: Call) => unknown> {
  return {
    "POST customers": ({ form }) => account.add("cus", "customer", { email: null, name: null, metadata: {}, ...form }),
    "GET customers/{id}": ({ id }) => account.get(id, "customer"),
    "POST customers/{id}": ({ form, id }) => Object.assign(account.get(id, "customer"), form),
    "DELETE customers/{id}": ({ id }) => deleteCustomer(account, id),
    "POST checkout/sessions": ({ form }) => createCheckout(account, form, origin),
    "GET checkout/sessions/{id}": ({ id }) => account.get(id, "checkout.session"),
    "POST billing_portal/sessions": ({ form }) => {
      const customer = account.get(textAt(form, "customer") ?? "", "customer").id;
      const url = textAt(form, "return_url") ?? `${origin}/portal`;
      return account.add("bps", "billing_portal.session", { customer, return_url: url, url });
    },
    "GET subscriptions": ({ query }) => {
      const customer = query.get("customer");
      const data = [...account.items.values()].filter(
        (item) => item.object === "subscription" && (customer === null || item.customer === customer),
      );
      return { object: "list", url: "/v1/subscriptions", has_more: false, data };
    },
    "GET subscriptions/{id}": ({ id }) => account.get(id, "subscription"),
    "POST subscriptions/{id}": ({ form, id }) => {
      const changed = Object.assign(account.get(id, "subscription"), form, {
        cancel_at_period_end: textAt(form, "cancel_at_period_end") === "true",
      });
      void account.publish("customer.subscription.updated", changed);
      return changed;
    },
    "DELETE subscriptions/{id}": ({ id }) => endSubscription(account, account.get(id, "subscription")),
    "POST billing/meter_events": ({ form }) => {
      const identifier = textAt(form, "identifier") ?? stripeId("mev");
      if (account.meterEvents.some((event) => event.identifier === identifier)) {
        throw new StripeFailure(400, "duplicate_meter_event", `An event already exists with identifier ${identifier}.`);
      }
      const event = { id: identifier, object: "billing.meter_event", livemode: false, ...form, identifier };
      account.meterEvents.push(event);
      return { ...event, created: nowSeconds(), payload: objectAt(form, "payload") };
    },
    "POST webhook_endpoints": ({ form }) => {
      const endpoint: WebhookEndpoint = {
        id: stripeId("we"),
        object: "webhook_endpoint",
        url: textAt(form, "url") ?? "",
        secret: stripeId("whsec"),
      };
      account.endpoints.push(endpoint);
      return { ...endpoint, status: "enabled", enabled_events: form.enabled_events ?? ["*"] };
    },
  };
}

function createCheckout(account: Account, form: FormObject, origin: string): Item {
  const session = account.add("cs_test", "checkout.session", {
    customer: null,
    metadata: {},
    mode: "subscription",
    ...form,
    status: "open",
    payment_status: "unpaid",
    subscription: null,
  });
  session.url = `${origin}/checkout/${session.id}`;
  return session;
}

function deleteCustomer(account: Account, id: string): object {
  const customer = account.get(id, "customer");
  for (const item of account.items.values()) {
    if (item.object === "subscription" && item.customer === id) endSubscription(account, item);
  }
  account.items.delete(id);
  void account.publish("customer.deleted", customer);
  return { id, object: "customer", deleted: true };
}

function endSubscription(account: Account, subscription: Item): Item {
  if (subscription.status === "canceled") return subscription;
  Object.assign(subscription, { status: "canceled", canceled_at: nowSeconds(), ended_at: nowSeconds() });
  void account.publish("customer.subscription.deleted", subscription);
  return subscription;
}

/** Shows what would be paid; the button pays it: a subscription starts, the events go out, the browser goes back. */
async function checkoutPage(
  account: Account,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const session = account.items.get(path.slice("/checkout/".length));
  if (session === undefined || session.status !== "open") {
    response.writeHead(404, { "content-type": "text/plain" }).end("This checkout is not open.");
    return;
  }
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><html lang="en"><title>Checkout (stand-in)</title><body style="font:16px system-ui;margin:3rem">` +
        `<h1>Checkout</h1><p>No money moves: this stands in for Stripe on this machine.</p><form method="post"><button>Pay</button></form>`,
    );
    return;
  }
  const subscription = account.add("sub", "subscription", {
    customer: session.customer,
    metadata: metadataFor(session),
    status: "active",
    cancel_at_period_end: false,
    items: { object: "list", data: session.line_items ?? [] },
  });
  Object.assign(session, { status: "complete", payment_status: "paid", subscription: subscription.id });
  await account.publish("customer.subscription.created", subscription);
  await account.publish("checkout.session.completed", session);
  const back = String(session.success_url ?? "/").replace("{CHECKOUT_SESSION_ID}", session.id);
  response.writeHead(303, { location: back }).end();
}

/** What the session says about the subscription it makes. */
function metadataFor(session: Item): unknown {
  const data = session.subscription_data;
  return typeof data === "object" && data !== null && "metadata" in data ? data.metadata : {};
}

async function control(
  account: Account,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (path === "/standin/meter-events") return sendJson(response, 200, account.meterEvents);
  if (path !== "/standin/events" || request.method !== "POST") return sendJson(response, 404, {});
  const { type, object, url, secret } = JSON.parse(await bodyOf(request));
  const event = stripeEvent(type, object);
  const targets = url === undefined ? account.endpoints : [{ url, secret }];
  const statuses = await Promise.all(targets.map((target) => sendEvent(target, event)));
  sendJson(response, 200, { event, statuses });
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
