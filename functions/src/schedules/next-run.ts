import { dayMs } from "../platform/time.ts";
import type { Rhythm } from "./schedule.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/** The clock on the wall of a time zone. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const parts = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  };
  const made = new Intl.DateTimeFormat("en-US", {
    ...parts,
    timeZone,
    hourCycle: "h23",
    calendar: "iso8601",
  } as Intl.DateTimeFormatOptions);
  formats.set(timeZone, made);
  return made;
}

/** Whether a text is a time zone that this runtime knows. */
export function isTimeZone(text: string): boolean {
  try {
    return formatOf(text).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What the wall shows at an instant, as if it were UTC. */
function wallOf(timeZone: string, instant: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second"));
}

/**
 * The instant at which the wall shows a time. An hour that is shown twice is its first; one that is skipped when clocks go
 * forward is as much later.
 *
 * @param wall - as if it were UTC.
 */
function instantOf(timeZone: string, wall: number): number {
  const offsets = [wall - dayMs, wall + dayMs].map((near) => wallOf(timeZone, near) - near);
  const candidates = offsets.map((offset) => wall - offset);
  const shown = candidates.filter((candidate) => wallOf(timeZone, candidate) === wall);
  return shown.length > 0 ? Math.min(...shown) : Math.max(...candidates);
}

/**
 * The next time at which a rhythm falls.
 *
 * @returns a time after `after`; never `after` itself.
 */
export function nextRun({ every, day, hour, timeZone }: Rhythm, after: Date): Date {
  const today = new Date(wallOf(timeZone, after.getTime()));
  const [year, month, date] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  for (let step = 0; ; step += 1) {
    const wall =
      every === "month"
        ? Date.UTC(year, month + step, day, hour)
        : Date.UTC(year, month, date - ((today.getUTCDay() + 6) % 7) + (day - 1) + 7 * step, hour);
    const instant = instantOf(timeZone, wall);
    if (instant > after.getTime()) return new Date(instant);
  }
}
