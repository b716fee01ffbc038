import { AppError } from "./errors.ts";

/** Where a page ordered by time goes on: behind the record of this time and id. */
export interface PagePlace {
  time: Date;
  id: string;
}

/** A place as callers hand it back. Random ids and times only. */
export function cursorOf({ time, id }: PagePlace): string {
  return `${time.toISOString()}~${id}`;
}

/**
 * The place that a cursor names.
 *
 * @throws AppError `input-invalid` for a text that `cursorOf` did not make.
 */
export function placeOf(cursor: string): PagePlace {
  const [, text = "", id = ""] = /^([12]\d{3}-\d\d-\d\dT[\d:.]+Z)~([A-Za-z0-9._-]{1,200})$/.exec(cursor) ?? [];
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new AppError("input-invalid", "cursor is not one of ours");
  return { time, id };
}
