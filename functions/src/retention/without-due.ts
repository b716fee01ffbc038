import { minuteCaches } from "../identity/minute-cache.ts";
import { type CollectionName, inventory } from "../inventory/inventory.ts";
import type { Deps } from "../platform/deps.ts";
import { withoutKept } from "./kept.ts";
import { cutoffOf, type RetentionPolicy } from "./policy.ts";
import { purgeTime } from "./purge-time.ts";

const cacheOf = minuteCaches<{ policy: RetentionPolicy; now: Date }>();

/** A record that somebody wants to read, as retention judges it. */
export interface Aged {
  path: string;
  subjectId: string | undefined;
  agedAt: Date;
}

/**
 * Those of some records that may be read: what is past its period is hidden from staff and visitors until the purge takes
 * it, but for what is held and for a restricted person's, which stay. Policy and time are those of at most a minute ago;
 * records that are not due cost no read.
 *
 * @param of - says of a record what it is aged by.
 * @throws AppError `not-found` for an id without an account.
 */
export async function withoutDue<Item>(
  deps: Pick<Deps, "stores" | "clock">,
  tenantId: string,
  name: CollectionName,
  items: readonly Item[],
  of: (item: Item) => Aged,
): Promise<Item[]> {
  if (items.length === 0) return [];
  const { policy, now } = await cacheOf(deps).remember(tenantId, () => purgeTime(deps, tenantId));
  const cutoff = cutoffOf(policy, inventory[name].retention, now);
  const judged = items.map((item) => ({ item, ...of(item) }));
  const due = judged.filter(({ agedAt }) => cutoff !== undefined && agedAt < cutoff);
  const hidden = new Set(await withoutKept({ stores: deps.stores, tenantId, now }, due));
  return judged.filter((record) => !hidden.has(record)).map(({ item }) => item);
}
