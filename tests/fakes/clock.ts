import type { Clock } from "../../functions/src/ports/clock.ts";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves it by seconds; negative ones move it back. */
  advance(seconds: number): void;
  set(time: Date): void;
}

/** A clock at 2025-01-15T12:00:00Z, or at `start`. */
export function fakeClock(start: Date = new Date("2025-01-15T12:00:00Z")): FakeClock {
  let nowMs = start.getTime();
  return {
    now: () => new Date(nowMs),
    advance(seconds) {
      nowMs += seconds * 1000;
    },
    set(time) {
      nowMs = time.getTime();
    },
  };
}
