import { AppError } from "../../functions/src/platform/errors.ts";
import type { Billing } from "../../functions/src/ports/billing.ts";

/** Stripe in memory. */
export interface FakeBilling extends Billing {
  /** Customers whose deletion was asked for, once for each time. */
  readonly deleted: readonly string[];
  /** The next call fails with `store-unavailable`: before it takes effect, or after. */
  failNext(when: "before" | "after"): void;
}

export function fakeBilling(): FakeBilling {
  const deleted: string[] = [];
  const faults: ("before" | "after")[] = [];
  const failure = () => new AppError("store-unavailable", "payment provider could not be reached");
  return {
    deleted,
    failNext: (when) => void faults.push(when),
    async deleteCustomer(customerId) {
      const fault = faults.shift();
      if (fault === "before") throw failure();
      deleted.push(customerId);
      if (fault === "after") throw failure();
    },
  };
}
