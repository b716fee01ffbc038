import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import Stripe from "stripe";
import { type Billing, stripeBilling } from "../../functions/src/ports/billing.ts";
import type { HttpService } from "../../local/standins/http-service.ts";
import { startStripe } from "../../local/standins/stripe.ts";
import { fakeBilling } from "../fakes/billing.ts";
import { testDeps } from "../support/test-deps.ts";

let service: HttpService;
let stripe: Stripe;

beforeAll(async () => {
  service = await startStripe({ port: 0 });
  stripe = new Stripe("sk_test_local", {
    host: "127.0.0.1",
    port: service.port,
    protocol: "http",
    maxNetworkRetries: 0,
  });
});
afterAll(() => service.close());

const real = (port: number) => {
  const { config } = testDeps({ env: { STRIPE_ENDPOINT: `http://127.0.0.1:${port}`, STRIPE_KEY: "sk_test_local" } });
  return stripeBilling(config);
};

describe.each<[string, () => Billing]>([
  ["the fake", fakeBilling],
  ["Stripe", () => real(service.port)],
])("billing at %s", (_name, open) => {
  it("deletes a customer, and takes one that is gone or never was as deleted", async () => {
    const { id } = await stripe.customers.create({ email: "owner@shop.example" });
    const billing = open();
    await billing.deleteCustomer(id);
    await billing.deleteCustomer(id);
    await billing.deleteCustomer("cus_nobody");
  });
});

describe("billing at Stripe", () => {
  it("leaves nothing of the customer there", async () => {
    const { id } = await stripe.customers.create({ email: "owner@shop.example" });
    await real(service.port).deleteCustomer(id);
    const left = await stripe.customers.retrieve(id).catch((error: unknown) => error);
    expect(JSON.stringify(left)).not.toContain("owner@shop.example");
  });

  it("says that it cannot be reached when it cannot", async () => {
    await expect(real(1).deleteCustomer("cus_1")).rejects.toMatchObject({ code: "store-unavailable" });
  });
});
