const locale = "en-GB";
const dayMs = 86_400_000;

const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const shortDate = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const fullDate = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const dateAndTime = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** The time of day for today, the day for this year, else the date: as short as it is clear. */
export function shortTime(at: Date, now: Date): string {
  if (isSameDay(at, now)) return time.format(at);
  if (isSameDay(at, new Date(now.getTime() - dayMs))) return "Yesterday";
  return at.getFullYear() === now.getFullYear() ? shortDate.format(at) : fullDate.format(at);
}

/** Date and time in full. */
export function fullTime(at: Date): string {
  return dateAndTime.format(at);
}

/** The date in full. */
export function dayOf(at: Date): string {
  return fullDate.format(at);
}

/** The time of day. */
export function clockTime(at: Date): string {
  return time.format(at);
}

/** How long something stays, from the inventory's `until`: a date, a span, or words. */
export function staysText(until: string): string {
  if (/^\d{4}-\d\d-\d\dT/.test(until)) return `until ${dayOf(new Date(until))}`;
  if (until === "unknown") return "for as long as they exist";
  return /^\d+ (day|month|year)s?\b/.test(until) ? `for ${until}` : `until ${until}`;
}

/** How long something took: `40 s`, `6 min`, `2 h`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** How long something still takes, no finer than it can be known: `about 2 minutes left`. */
export function remainingText(seconds: number): string {
  if (seconds < 45) return "less than a minute left";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes === 1 ? "a minute" : `${minutes} minutes`} left`;
  const hours = Math.round(minutes / 60);
  return `about ${hours === 1 ? "an hour" : `${hours} hours`} left`;
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}
