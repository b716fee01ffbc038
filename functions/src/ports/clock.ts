import { readFileSync, statSync } from "node:fs";

/** What time it is. Tests pass a clock that they advance. */
export interface Clock {
  now(): Date;
  /**
   * A time that a server gave, as this clock counts. What must never happen too early asks the earlier of the two, so
   * that an instance whose clock runs ahead destroys nothing before its time. Absent: the clock itself is trusted.
   */
  fromServer?(time: Date): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date(), fromServer: (time) => time };

/**
 * The machine's clock moved by the seconds that a file says, so that a local cloud can travel in time.
 *
 * @param file - path to JSON `{"offsetSeconds": n}`; an absent file is an offset of zero.
 */
export function offsetClock(file: string): Clock {
  let seen = { mtimeMs: -1, offsetMs: 0 };
  const offsetMs = () => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && stat.mtimeMs !== seen.mtimeMs) {
      const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
      const seconds =
        typeof parsed === "object" && parsed !== null && "offsetSeconds" in parsed ? Number(parsed.offsetSeconds) : 0;
      seen = { mtimeMs: stat.mtimeMs, offsetMs: seconds * 1000 };
    }
    return seen.offsetMs;
  };
  return {
    now: () => new Date(Date.now() + offsetMs()),
    fromServer: (time) => new Date(time.getTime() + offsetMs()),
  };
}
