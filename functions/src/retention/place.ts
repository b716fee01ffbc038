import type { Cursor } from "../jobs/job.ts";
import type { ExpiredPage, ExpiredRecord } from "./store.ts";

/** The part of a step's cursor that says which record a page ended with. */
export function cursorAt({ agedAt, id }: ExpiredRecord): { after: string; id: string } {
  return { after: agedAt.toISOString(), id };
}

/** Where a step goes on; undefined at the start of a collection. */
export function placeIn(cursor: Cursor | undefined): ExpiredPage["after"] {
  const { after, id } = cursor ?? {};
  return typeof after === "string" && typeof id === "string" ? { agedAt: new Date(after), id } : undefined;
}
