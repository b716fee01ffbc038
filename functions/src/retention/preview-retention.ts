import { collectionRef } from "../inventory/collections.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import { msOf } from "../inventory/stored.ts";
import type { PersonalCollection } from "../inventory/subject-records.ts";
import { countPrunable } from "../ledger/prune-log.ts";
import type { Deps } from "../platform/deps.ts";
import { heldPaths } from "../subject-requests/held-items.ts";
import { assertWithinBounds } from "./change-retention.ts";
import { type AdjustableName, cutoffOf } from "./policy.ts";
import { countExpired, countNeverAsked } from "./store.ts";

/**
 * How many records of a class a period would purge, were it in force now: what is held or restricted is not counted. A
 * withdrawn consent counts once, whatever it withdrew.
 *
 * @throws AppError `input-invalid` outside the class's bounds.
 */
export async function previewRetention(
  deps: Deps,
  tenantId: string,
  name: AdjustableName,
  days: number | null,
): Promise<{ collection: CollectionName; count: number }[]> {
  assertWithinBounds(name, days);
  const now = deps.clock.now();
  const cutoff = cutoffOf({ [name]: { days, from: new Date(0), before: days } }, name, now);
  const entries = collections.filter((entry) => entry.retention === name && entry.agedBy !== undefined);
  const purges = await Promise.all(
    entries.map(async (entry) => ({
      collection: entry.name,
      count: cutoff === undefined ? 0 : await countDue(deps, entry, tenantId, cutoff, now),
    })),
  );
  if (name !== "audit-log" || cutoff === undefined) return purges;
  return [...purges, { collection: "auditBundles", count: await countPrunable(deps, tenantId, cutoff) }];
}

async function countDue(
  deps: Deps,
  entry: PersonalCollection,
  tenantId: string,
  cutoff: Date,
  now: Date,
): Promise<number> {
  const [expired, neverAsked, kept] = await Promise.all([
    countExpired(deps.stores, entry, tenantId, cutoff),
    entry.name === "conversations" ? countNeverAsked(deps.stores, tenantId, cutoff) : 0,
    keptRecords(deps, entry, tenantId, now),
  ]);
  const isExpired = (fields: Fields) => {
    const since = fields[entry.agedBy ?? ""] ?? (entry.name === "conversations" ? fields.startedAt : undefined);
    return msOf(since) < cutoff.getTime() && (entry.name !== "consents" || fields.given === false);
  };
  return expired + neverAsked - [...kept.values()].filter(isExpired).length;
}

type Fields = Readonly<Record<string, unknown>>;

/** Records of a collection that are held, and those of restricted persons, by path: few, whatever the collection's size. */
async function keptRecords(
  deps: Deps,
  entry: PersonalCollection,
  tenantId: string,
  now: Date,
): Promise<ReadonlyMap<string, Fields>> {
  const own = collectionRef(deps.stores, entry.name, { tenantId } as never);
  const subjects = collectionRef(deps.stores, "subjects", { tenantId });
  const [restricted, held] = await Promise.all([
    subjects.where("state", "==", "restricted").select().get(),
    heldPaths(deps.stores, tenantId, now),
  ]);
  const ownedBy = entry.name === "knowledge" ? "sourceSubjectId" : "subjectId";
  const found = await Promise.all([
    ...restricted.docs.map(async ({ id }) => (await own.where(ownedBy, "==", id).get()).docs),
    ...held
      .filter((path) => path.startsWith(`${own.path}/`))
      .map(async (path) => [await own.doc(path.slice(own.path.length + 1)).get()]),
  ]);
  return new Map(found.flat().map((snapshot) => [snapshot.ref.path, snapshot.data() ?? {}]));
}
