import type { Stores } from "../inventory/collections.ts";
import type { Clock } from "../ports/clock.ts";

const lifetimeMs = 60_000;
const capacity = 10_000;

/**
 * Records of this instance that may be a minute old: whatever another instance revokes is gone here within 60 s,
 * counted from before the record was read.
 */
export class MinuteCache<Value> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { value: Value; expiresAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The value read less than a minute ago, or what `load` reads; a failed load is not kept. */
  async remember(slot: string, load: () => Promise<Value>): Promise<Value> {
    const now = this.#clock.now().getTime();
    const hit = this.#entries.get(slot);
    if (hit !== undefined && hit.expiresAt > now && hit.expiresAt <= now + lifetimeMs) return hit.value;
    const value = await load();
    this.#entries.delete(slot);
    this.#entries.set(slot, { value, expiresAt: now + lifetimeMs });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > capacity && !oldest.done) this.#entries.delete(oldest.value);
    return value;
  }

  /** Drops what is kept under a slot. */
  forget(slot: string): void {
    this.#entries.delete(slot);
  }
}

/**
 * A cache for each set of databases: an instance has one, and tests with databases of their own never meet.
 *
 * @returns the cache that belongs to `deps.stores`.
 */
export function minuteCaches<Value>(): (deps: { stores: Stores; clock: Clock }) => MinuteCache<Value> {
  const caches = new WeakMap<Stores, MinuteCache<Value>>();
  return (deps) => {
    const known = caches.get(deps.stores);
    if (known !== undefined) return known;
    const made = new MinuteCache<Value>(deps.clock);
    caches.set(deps.stores, made);
    return made;
  };
}
