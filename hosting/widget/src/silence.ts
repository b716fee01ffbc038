/** Ends a call over which nothing has come for a time: a network that went silent tells nobody. */
export class Silence {
  readonly #limitMs: number;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came: the time begins anew. */
  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), this.#limitMs);
  }

  /** Lets go of the call, finished or not. */
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}
