import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { KeyCache } from "../../../functions/src/crypto/key-cache.ts";
import { fakeClock } from "../../fakes/clock.ts";

const key = () => ({ kind: "dek", bytes: new Uint8Array(32).fill(7) });
const load = () => Promise.resolve(key());

describe("unwrapped keys in memory", () => {
  const fill = jest.spyOn(Uint8Array.prototype, "fill");
  /** How many keys were overwritten. */
  const overwritten = () => fill.mock.calls.filter(([value]) => value === 0).length;

  beforeEach(() => {
    jest.useFakeTimers();
    fill.mockClear();
  });
  afterEach(() => void jest.useRealTimers());

  it("are loaded once in five minutes, and once for callers that miss together", async () => {
    const clock = fakeClock();
    const cache = new KeyCache(clock);
    const counted = jest.fn(load);
    await Promise.all([cache.remember("a", counted), cache.remember("a", counted)]);
    clock.advance(299);
    expect(await cache.remember("a", counted)).toEqual(key());
    expect(counted).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await cache.remember("a", counted);
    expect(counted).toHaveBeenCalledTimes(2);
  });

  it("are overwritten and gone after five minutes, at the next call for any other", async () => {
    const clock = fakeClock();
    const cache = new KeyCache(clock);
    await cache.remember("a", load);
    await cache.remember("b", load);
    clock.advance(300);
    await cache.remember("c", load);
    expect(cache.size).toBe(1);
    expect(overwritten()).toBe(2);
  });

  it("are overwritten and gone within six minutes when nobody calls", async () => {
    const clock = fakeClock();
    const cache = new KeyCache(clock);
    await cache.remember("a", load);
    clock.advance(200);
    await cache.remember("b", load);
    clock.advance(100);
    jest.advanceTimersByTime(300_000);
    expect(cache.size).toBe(1);
    clock.advance(260);
    jest.advanceTimersByTime(260_000);
    expect(cache.size).toBe(0);
    expect(overwritten()).toBe(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it("stay whole in the hands of a caller whose key is forgotten meanwhile", async () => {
    const cache = new KeyCache(fakeClock());
    const first = await cache.remember("deks/t/alice", load);
    const second = await cache.remember("deks/t/alice", load);
    cache.forget("deks/");
    expect(cache.size).toBe(0);
    expect(overwritten()).toBe(1);
    expect([first, second]).toEqual([key(), key()]);
  });

  it("are not kept when they were forgotten while they were loaded", async () => {
    const cache = new KeyCache(fakeClock());
    let give: (value: ReturnType<typeof key>) => void = () => undefined;
    const pending = cache.remember("a", () => new Promise<ReturnType<typeof key>>((resolve) => (give = resolve)));
    cache.forget("a");
    give(key());
    expect(await pending).toEqual(key());
    expect(cache.size).toBe(0);
  });
});
