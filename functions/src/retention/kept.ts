import type { ExpiredRecord } from "./store.ts";

/** Whether a purge passes over a record: it is held, or its person is restricted or being erased by a job of its own. */
export function isKept(
  record: Pick<ExpiredRecord, "path" | "subjectId">,
  held: readonly string[],
  untouchable: ReadonlySet<string>,
): boolean {
  if (record.subjectId !== undefined && untouchable.has(record.subjectId)) return true;
  return held.some(
    (path) => record.path === path || record.path.startsWith(`${path}/`) || path.startsWith(`${record.path}/`),
  );
}
