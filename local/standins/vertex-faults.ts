/** How the model can misbehave; each applies to the next `count` requests to generative models. */
export const faultModes = [
  "error-503",
  "error-429",
  "hang",
  "cut-midstream",
  "slow",
  "blocked",
  "blocked-midstream",
  "max-tokens",
] as const;
export type FaultMode = (typeof faultModes)[number];

/** How long answers take: until the first piece, and between two pieces. */
export type Latency = { firstMs: number; pieceMs: number };

/** Faults that are still to come. */
export class Faults {
  #mode: FaultMode | undefined;
  #left = 0;

  set(mode: FaultMode | undefined, count: number): void {
    this.#mode = mode;
    this.#left = count;
  }

  /** @returns the fault for this request, counting it, or `undefined` when it goes well. */
  take(): FaultMode | undefined {
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    return this.#mode;
  }
}
