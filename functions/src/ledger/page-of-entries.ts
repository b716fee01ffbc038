import type { Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import { cursorOf, placeOf } from "../platform/page-cursor.ts";
import { type Bundle, bundlesUpTo } from "./bundles.ts";
import { type EntryFilter, findLedgerState, type Openings, pageOfPending } from "./store.ts";

/** An entry of the trail as it is stored, in the log or waiting for it. */
export interface StoredEntry {
  id: string;
  leaf: Uint8Array;
  subjectTag: string;
  openings: Openings;
  /** Position in the log; absent while it waits. */
  index?: number;
}

/** Newest first; `nextCursor` while there may be more. */
export interface EntryPage {
  entries: StoredEntry[];
  nextCursor?: string;
}

const bundlesRead = 4;

/**
 * Pages through a tenant's trail, newest first: what waits for the log, then the log. An entry that is integrated
 * between two pages may appear on both, and is never missed.
 *
 * @param page.cursor - an earlier page's `nextCursor`.
 * @throws AppError `input-invalid` for a cursor that no page gave.
 */
export async function pageOfEntries(
  stores: Stores,
  tenantId: string,
  filter: EntryFilter,
  page: { limit: number; cursor?: string | undefined },
): Promise<EntryPage> {
  const fromIndex = /^log~(\d{1,15})$/.exec(page.cursor ?? "")?.[1];
  if (fromIndex !== undefined) return pageOfLog(stores, tenantId, filter, Number(fromIndex), page.limit);
  const after = page.cursor === undefined ? undefined : placeOf(page.cursor);
  const pending = await pageOfPending(stores, tenantId, filter, page.limit, after);
  const entries: StoredEntry[] = pending.map(({ id, leaf, subjectTag, openings }) => ({
    id,
    leaf,
    subjectTag,
    openings,
  }));
  const last = pending.at(-1);
  if (pending.length === page.limit && last !== undefined) {
    return { entries, nextCursor: cursorOf({ time: last.occurredAt, id: last.id }) };
  }
  const size = (await findLedgerState(stores, tenantId))?.size ?? 0;
  if (size === 0) return { entries };
  const rest = await pageOfLog(stores, tenantId, filter, size - 1, page.limit - pending.length);
  return { ...rest, entries: [...entries, ...rest.entries] };
}

async function pageOfLog(
  stores: Stores,
  tenantId: string,
  filter: EntryFilter,
  fromIndex: number,
  limit: number,
): Promise<EntryPage> {
  const entries: StoredEntry[] = [];
  let index = fromIndex;
  while (index >= 0) {
    const bundles = await bundlesUpTo(stores, tenantId, filter, index, bundlesRead);
    for (const bundle of bundles) {
      const found = entriesOf(bundle, filter).filter((entry) => entry.index <= index);
      const room = limit - entries.length;
      entries.push(...found.slice(0, room));
      const next = found[room];
      if (next !== undefined) return { entries, nextCursor: `log~${next.index}` };
      index = bundle.firstIndex - 1;
    }
    // Fewer than asked for: there are no older bundles, or they were pruned under the retention policy.
    if (bundles.length < bundlesRead) return { entries };
  }
  return { entries };
}

/** A bundle's entries that a filter asks for, newest first. */
function entriesOf(bundle: Bundle, filter: EntryFilter): (StoredEntry & { index: number })[] {
  const entries = bundle.leaves.map((leaf, position) => {
    const [id, openings] = [bundle.entryIds[position], bundle.openings[position]];
    if (id === undefined || openings === undefined) {
      throw new AppError("ledger-malformed", `bundle at ${bundle.firstIndex} has lists of different lengths`);
    }
    const subjectTag = bundle.subjectTags[position] ?? "";
    return { id, leaf, subjectTag, openings, index: bundle.firstIndex + position, action: bundle.actions[position] };
  });
  return entries
    .filter((entry) => filter.action === undefined || entry.action === filter.action)
    .filter((entry) => filter.subjectTag === undefined || entry.subjectTag === filter.subjectTag)
    .map(({ action: _action, ...entry }) => entry)
    .reverse();
}
