import { fullTime, shortTime } from "../words/time.ts";

/** A time, short or in full; the exact one is in its title. */
export function When({ at, full = false }: { at: string; full?: boolean }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toISOString()} className="numbers">
      {full ? fullTime(date) : shortTime(date, new Date())}
    </time>
  );
}
