/** Five fields of cron, each as the set of values that match. */
export type Cron = {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** Whether day of month and day of week are both restricted: then either one is enough. */
  eitherDay: boolean;
};

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const minuteMs = 60_000;
/** Five years and a leap day: what cannot match until then never does. */
const furthestMs = 1827 * 24 * 60 * minuteMs;

/**
 * Reads a cron expression: lists, ranges, steps, and names of months and weekdays.
 *
 * @throws Error naming the field that is malformed.
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) throw new Error(`cron needs five fields, not "${text}"`);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const weekdays = field(weekday, 0, 7, weekdayNames);
  return {
    minutes: field(minute, 0, 59),
    hours: field(hour, 0, 23),
    days: field(day, 1, 31),
    months: field(month, 1, 12, monthNames, 1),
    weekdays: new Set([...weekdays].map((value) => value % 7)),
    eitherDay: !day.startsWith("*") && !weekday.startsWith("*"),
  };
}

function field(text: string, least: number, most: number, names: readonly string[] = [], firstName = 0): Set<number> {
  const number = (part: string) => {
    const named = names.indexOf(part.toLowerCase());
    const value = named === -1 ? Number(part) : named + firstName;
    if (part === "" || !Number.isInteger(value) || value < least || value > most) {
      throw new Error(`cron field "${text}" is not within ${least} to ${most}`);
    }
    return value;
  };
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", stepText] = part.split("/");
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) throw new Error(`cron field "${text}" has a step that is no number`);
    const [first = "", last] = range.split("-");
    const from = range === "*" ? least : number(first);
    const to = range === "*" ? most : last !== undefined ? number(last) : stepText === undefined ? from : most;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

/**
 * The next whole minute, after `after`, at which the expression matches on the clocks of a time zone.
 *
 * @param timeZone - IANA name.
 * @throws RangeError for an unknown time zone; Error when nothing matches within five years.
 */
export function nextRun(cron: Cron, timeZone: string, after: Date): Date {
  const clock = wallClock(timeZone);
  const end = after.getTime() + furthestMs;
  let at = (Math.floor(after.getTime() / minuteMs) + 1) * minuteMs;
  while (at < end) {
    const { month, day, weekday, hour, minute } = clock(at);
    if (!cron.months.has(month) || !isDay(cron, day, weekday)) at += (60 - minute) * minuteMs + untilLastHour(hour);
    else if (!cron.hours.has(hour)) at += (60 - minute) * minuteMs;
    else if (!cron.minutes.has(minute)) at += minuteMs;
    else return new Date(at);
  }
  throw new Error("the schedule never matches");
}

/** Skips most of a day that does not match; its last two hours are walked, since a clock change may shift midnight. */
function untilLastHour(hour: number): number {
  return Math.max(0, 21 - hour) * 60 * minuteMs;
}

function isDay(cron: Cron, day: number, weekday: number): boolean {
  const byDay = cron.days.has(day);
  const byWeekday = cron.weekdays.has(weekday);
  return cron.eitherDay ? byDay || byWeekday : byDay && byWeekday;
}

function wallClock(timeZone: string) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    ...{ month: "numeric", day: "numeric", weekday: "short", hour: "numeric", minute: "numeric" },
  });
  return (at: number) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
    const weekday = weekdayNames.indexOf((parts.get("weekday") ?? "").toLowerCase());
    return { month: part("month"), day: part("day"), weekday, hour: part("hour"), minute: part("minute") };
  };
}
