import type { Deps } from "../../functions/src/platform/deps.ts";
import { alwaysOpen, testDeps } from "./test-deps.ts";

/** Whatever is asked of it is a failure of the test. */
function untouchable(name: string): never {
  return new Proxy(
    {},
    {
      get(_target, property) {
        throw new Error(`${name}.${String(property)} was used`);
      },
    },
  ) as never;
}

/** Dependencies of which only configuration, clock and ids may be used: no database, key, bucket, topic or account. */
export function throwingDeps(): Deps {
  const { config, clock, ids, kekName, signingKeyName, signingKeys, keyCache } = testDeps();
  return {
    config,
    clock,
    ids,
    kekName,
    signingKeyName,
    signingKeys,
    keyCache,
    stores: untouchable("stores"),
    databases: alwaysOpen,
    kms: untouchable("kms"),
    publisher: untouchable("publisher"),
    buckets: untouchable("buckets"),
    model: untouchable("model"),
    staffAccounts: untouchable("staffAccounts"),
    mail: untouchable("mail"),
    billing: untouchable("billing"),
    webhooks: untouchable("webhooks"),
  };
}
