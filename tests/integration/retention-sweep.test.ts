import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { KeyCache } from "../../functions/src/crypto/key-cache.ts";
import { hourOf, sweepRetention } from "../../functions/src/retention/sweep-retention.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

/** A record whose wrapped keys are not what was wrapped. */
function broken(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.alloc(value.length);
  if (Array.isArray(value)) return value.map(broken);
  const isMap = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isMap ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, broken(field)])) : value;
}

describe("the hourly sweep of retention", () => {
  const opened: TestDeps[] = [];
  let deps: TestDeps;
  let first: Shop;
  let second: Shop;

  const runs = async ({ tenantId }: Shop) =>
    (await deps.stores.data.collection(`tenants/${tenantId}/jobs`).where("kind", "==", "retention").get()).size;
  /** The next time at which it is some hour of the day. */
  const until = (hour: number) => {
    const now = deps.clock.now();
    const then = new Date(now);
    then.setUTCHours(hour, 5, 0, 0);
    deps.clock.set(then > now ? then : new Date(then.getTime() + 86_400_000));
  };

  /** An instance that has opened no key yet. */
  const forgetful = () => ({ ...deps, keyCache: new KeyCache(deps.clock) });

  beforeEach(async () => {
    deps = testDeps();
    opened.push(deps);
    first = await openShop(deps, "first");
    second = await openShop(deps, "second");
  });
  afterAll(() => Promise.all(opened.map((each) => each.close())));

  it("purges on for others when one tenant's key is broken, and for that one as soon as it works", async () => {
    until((hourOf(first.tenantId) + 1) % 24);
    deps.clock.advance(2 * 86_400);
    const keys = deps.stores.keys.doc(`tenants/${first.tenantId}`);
    const stored = (await keys.get()).data() ?? {};
    await keys.set(broken(stored) as typeof stored);
    await expect(sweepRetention(forgetful())).rejects.toThrow("1 purges could not be started");
    expect([await runs(first), await runs(second)]).toEqual([0, 1]);
    await keys.set(stored);
    deps.clock.advance(3_600);
    await sweepRetention(forgetful());
    expect([await runs(first), await runs(second)]).toEqual([1, 1]);
  });

  it("makes up for a missed hour at the next, and goes back to its own hour", async () => {
    until(hourOf(first.tenantId));
    await sweepRetention(deps);
    expect(await runs(first)).toBe(1);
    deps.clock.advance(23 * 3_600);
    await sweepRetention(deps);
    expect(await runs(first)).toBe(1);
    deps.clock.advance(2 * 3_600);
    await sweepRetention(deps);
    await sweepRetention(deps);
    expect(await runs(first)).toBe(2);
    deps.clock.advance(3_600);
    await sweepRetention(deps);
    expect(await runs(first)).toBe(2);
    until(hourOf(first.tenantId));
    await sweepRetention(deps);
    expect(await runs(first)).toBe(3);
  });
});
