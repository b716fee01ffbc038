import { describe, expect, it } from "@jest/globals";
import { MinuteCache } from "../../../functions/src/identity/minute-cache.ts";
import { fakeClock } from "../../fakes/clock.ts";

function counting() {
  let loads = 0;
  return async () => {
    loads += 1;
    return loads;
  };
}

describe("a minute cache", () => {
  it("loads once a minute, counted from before the load", async () => {
    const clock = fakeClock();
    const cache = new MinuteCache<number>(clock);
    const load = counting();
    const slow = async () => {
      clock.advance(20);
      return load();
    };
    expect(await cache.remember("a", slow)).toBe(1);
    clock.advance(39);
    expect(await cache.remember("a", load)).toBe(1);
    clock.advance(1);
    expect(await cache.remember("a", load)).toBe(2);
  });

  it("keeps slots apart, and forgets", async () => {
    const cache = new MinuteCache<number>(fakeClock());
    const load = counting();
    expect([await cache.remember("a", load), await cache.remember("b", load), await cache.remember("a", load)]).toEqual(
      [1, 2, 1],
    );
    cache.forget("a");
    expect([await cache.remember("a", load), await cache.remember("b", load)]).toEqual([3, 2]);
  });

  it("keeps no failure", async () => {
    const cache = new MinuteCache<number>(fakeClock());
    await expect(cache.remember("a", () => Promise.reject(new Error("down")))).rejects.toThrow("down");
    expect(await cache.remember("a", counting())).toBe(1);
  });

  it("does not trust an entry from a future that a clock was set back from", async () => {
    const clock = fakeClock();
    const cache = new MinuteCache<number>(clock);
    const load = counting();
    await cache.remember("a", load);
    clock.advance(-3600);
    expect(await cache.remember("a", load)).toBe(2);
  });
});
