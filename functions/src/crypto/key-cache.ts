import type { Clock } from "../ports/clock.ts";

const lifetimeMs = 5 * 60 * 1000;
const capacity = 2_000;

/**
 * Unwrapped keys of this instance: at most 2,000, at most five minutes each, emptied by an erasure in the same instance.
 * Two callers that miss at once share one load.
 */
export class KeyCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { value: unknown; expiresAt: number }>();
  readonly #loading = new Map<string, Promise<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The cached value of a slot, or what `load` gives, which is then kept; a failed load is not kept. */
  async remember<T>(slot: string, load: () => Promise<T>): Promise<T> {
    const hit = this.#entries.get(slot);
    if (hit !== undefined && hit.expiresAt > this.#clock.now().getTime()) return hit.value as T;
    const pending = this.#loading.get(slot);
    if (pending !== undefined) return (await pending) as T;
    const promise = load();
    this.#loading.set(slot, promise);
    try {
      const value = await promise;
      // A slot forgotten while it was loading stays forgotten: the caller may use the value, nobody later will.
      if (this.#loading.get(slot) === promise) this.#keep(slot, value);
      return value;
    } finally {
      if (this.#loading.get(slot) === promise) this.#loading.delete(slot);
    }
  }

  /** Drops every slot that starts with `prefix`, also one that is being loaded. */
  forget(prefix: string): void {
    for (const slot of this.#entries.keys()) if (slot.startsWith(prefix)) this.#entries.delete(slot);
    for (const slot of this.#loading.keys()) if (slot.startsWith(prefix)) this.#loading.delete(slot);
  }

  #keep(slot: string, value: unknown): void {
    this.#entries.delete(slot);
    this.#entries.set(slot, { value, expiresAt: this.#clock.now().getTime() + lifetimeMs });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > capacity && !oldest.done) this.#entries.delete(oldest.value);
  }
}
