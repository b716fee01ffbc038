import { readFileSync, statSync } from "node:fs";

/** What time it is. Tests pass a clock that they advance. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/**
 * The machine's clock moved by the seconds that a file says, so that a local cloud can travel in time.
 *
 * @param file - path to JSON `{"offsetSeconds": n}`; an absent file is an offset of zero.
 */
export function offsetClock(file: string): Clock {
  let seen = { mtimeMs: -1, offsetMs: 0 };
  return {
    now() {
      const stat = statSync(file, { throwIfNoEntry: false });
      if (stat !== undefined && stat.mtimeMs !== seen.mtimeMs) {
        const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
        const seconds =
          typeof parsed === "object" && parsed !== null && "offsetSeconds" in parsed ? Number(parsed.offsetSeconds) : 0;
        seen = { mtimeMs: stat.mtimeMs, offsetMs: seconds * 1000 };
      }
      return new Date(Date.now() + seen.offsetMs);
    },
  };
}
