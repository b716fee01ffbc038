import type { Clock } from "../ports/clock.ts";

const lifetimeMs = 5 * 60 * 1000;
const capacity = 2_000;

/** An unwrapped key; or the text of a public one, which is read and kept as often. */
type Key = { bytes: Uint8Array } | string;

/** The same key in memory of its own, so that overwriting one leaves the other. */
function copyOf<T extends Key>(key: T): T {
  return typeof key === "object" ? { ...key, bytes: new Uint8Array(key.bytes) } : key;
}

/**
 * Unwrapped keys of this instance: at most 2,000, at most five minutes each, emptied by an erasure in the same instance.
 * Two callers that miss at once share one load.
 *
 * A key that is over is overwritten, by the next call or by a timer, whichever is first; an instance without work has no
 * processor either, and its timer runs when it gets one. Callers get copies, so that nobody seals with an overwritten key.
 */
export class KeyCache {
  readonly #clock: Clock;
  /** In the order in which they end. */
  readonly #entries = new Map<string, { key: Key; expiresAt: number }>();
  readonly #loading = new Map<string, Promise<Key>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many keys are in memory. */
  get size(): number {
    return this.#entries.size;
  }

  /** The cached key of a slot, or what `load` gives, which is then kept; a failed load is not kept. */
  async remember<T extends Key>(slot: string, load: () => Promise<T>): Promise<T> {
    this.#dropExpired();
    const hit = this.#entries.get(slot);
    if (hit !== undefined && hit.expiresAt > this.#clock.now().getTime()) return copyOf(hit.key as T);
    const pending = this.#loading.get(slot);
    if (pending !== undefined) return (await pending) as T;
    const expiresAt = this.#clock.now().getTime() + lifetimeMs;
    const promise = load();
    this.#loading.set(slot, promise);
    try {
      const key = await promise;
      // A slot forgotten while it was loading stays forgotten: the caller may use the key, nobody later will.
      if (this.#loading.get(slot) === promise) this.#keep(slot, copyOf(key), expiresAt);
      return key;
    } finally {
      if (this.#loading.get(slot) === promise) this.#loading.delete(slot);
    }
  }

  /** Drops every slot that starts with `prefix`, also one that is being loaded. */
  forget(prefix: string): void {
    for (const slot of this.#entries.keys()) if (slot.startsWith(prefix)) this.#drop(slot);
    for (const slot of this.#loading.keys()) if (slot.startsWith(prefix)) this.#loading.delete(slot);
  }

  #keep(slot: string, key: Key, expiresAt: number): void {
    this.#drop(slot);
    this.#entries.set(slot, { key, expiresAt });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > capacity && !oldest.done) this.#drop(oldest.value);
    this.#timer ??= setTimeout(() => this.#wake(), lifetimeMs).unref();
  }

  #drop(slot: string): void {
    const key = this.#entries.get(slot)?.key;
    if (typeof key === "object") key.bytes.fill(0);
    this.#entries.delete(slot);
    if (this.#entries.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #dropExpired(): void {
    const now = this.#clock.now().getTime();
    for (const [slot, { expiresAt }] of this.#entries) {
      // Those behind it end later: a call costs no look at every key.
      if (expiresAt > now) return;
      this.#drop(slot);
    }
  }

  /** What was kept since the timer was set has a rest of its five minutes: the timer comes again for it. */
  #wake(): void {
    this.#timer = undefined;
    this.#dropExpired();
    if (this.#entries.size > 0) this.#timer = setTimeout(() => this.#wake(), lifetimeMs / 5).unref();
  }
}
