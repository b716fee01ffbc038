import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";

/** The payment provider's record of a business. Throws AppError `store-unavailable` when it cannot be reached. */
export interface Billing {
  /** Deletes a customer with its payment methods and subscriptions; an absent one is no error. */
  deleteCustomer(customerId: string): Promise<void>;
}

/** Opens Stripe. `STRIPE_ENDPOINT` names a stand-in that speaks its protocol over http. */
export function stripeBilling(config: Config): Billing {
  return {
    async deleteCustomer(customerId) {
      // Loaded where it is used: every other function starts without it.
      const { default: Stripe } = await import("stripe");
      const endpoint = config.STRIPE_ENDPOINT === undefined ? undefined : new URL(config.STRIPE_ENDPOINT);
      const stripe = new Stripe(config.STRIPE_KEY ?? "sk_test_local", {
        maxNetworkRetries: 2,
        timeout: 20_000,
        telemetry: false,
        ...(endpoint && { host: endpoint.hostname, port: endpoint.port || "80", protocol: "http" }),
      });
      try {
        await stripe.customers.del(customerId);
      } catch (error) {
        if (error instanceof Stripe.errors.StripeError && error.code === "resource_missing") return;
        throw new AppError("store-unavailable", "a customer could not be deleted at the payment provider", {
          cause: error,
        });
      }
    },
  };
}
