import type { Firestore, Transaction } from "@google-cloud/firestore";
import type { Stores } from "../../functions/src/inventory/collections.ts";

/**
 * How a write goes wrong: it fails before taking effect; it takes effect and then fails; or its answer is lost and the
 * client library runs the whole transaction again by itself.
 */
export type WriteFault = "before" | "after" | "again";

/** Stores whose transactions on the data database can be made to fail, one at a time. */
export interface FaultyStores {
  readonly stores: Stores;
  /** Transactions asked for so far. */
  readonly writes: number;
  /** Makes the `nth` transaction from the beginning go wrong. */
  failAt(nth: number, fault: WriteFault): void;
}

function unavailable(message: string): Error {
  return Object.assign(new Error(message), { code: 14 });
}

export function faultyStores(stores: Stores): FaultyStores {
  const faults = new Map<number, WriteFault>();
  let writes = 0;

  async function runTransaction<T>(change: (tx: Transaction) => Promise<T>): Promise<T> {
    writes += 1;
    const fault = faults.get(writes);
    if (fault === "before") throw unavailable("write failed");
    const result = await stores.data.runTransaction(change);
    if (fault === "again") return stores.data.runTransaction(change);
    if (fault === "after") throw unavailable("write took effect, its answer was lost");
    return result;
  }

  const data = new Proxy(stores.data, {
    get(target, key) {
      if (key === "runTransaction") return runTransaction;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Firestore;
  return {
    stores: {
      region: stores.region,
      data,
      get keys() {
        return stores.keys;
      },
      get directory() {
        return stores.directory;
      },
    },
    get writes() {
      return writes;
    },
    failAt: (nth, fault) => void faults.set(nth, fault),
  };
}
