import { FieldPath, type Firestore, type Query, type WriteBatch } from "@google-cloud/firestore";
import { grpcCode } from "../platform/errors.ts";
import { collectionRef, type Stores } from "./collections.ts";
import type { CollectionEntry } from "./entry.ts";
import { type CollectionName, collections } from "./inventory.ts";

export type DeclaredCollection = CollectionEntry & { name: CollectionName };

/** Every collection whose records lie below a tenant, the tenant's own record included, in the order of the inventory. */
export const tenantCollections: readonly DeclaredCollection[] = collections.filter(({ path }) =>
  path.startsWith("tenants/{tenantId}"),
);

function databaseOf(stores: Stores, entry: Pick<DeclaredCollection, "database">) {
  return entry.database === "keys" ? stores.keys : stores.data;
}

/** Whether the collection is the tenant's own record, which has no query. */
function isTenantItself(entry: DeclaredCollection): boolean {
  return entry.path.split("/").length === 2;
}

/**
 * Every record of a tenant in one collection, whoever it belongs to. A nested collection is asked as a collection group,
 * bound to the tenant by the range of its paths, so that the number of calls does not grow with the number of parents.
 */
export function everyRecord(stores: Stores, entry: DeclaredCollection, tenantId: string): Query {
  const segments = entry.path.split("/");
  const tenantPath = `tenants/${tenantId}`;
  if (segments.length <= 4) return collectionRef(stores, entry.name, { tenantId } as never);
  return databaseOf(stores, entry)
    .collectionGroup(segments.at(-2) ?? "")
    .where(FieldPath.documentId(), ">=", tenantPath)
    .where(FieldPath.documentId(), "<", `${tenantPath}\uf8ff`);
}

/** How many records of a tenant one collection holds; costs one read a thousand. */
export async function countEveryRecord(stores: Stores, entry: DeclaredCollection, tenantId: string): Promise<number> {
  if (isTenantItself(entry)) return (await databaseOf(stores, entry).doc(`tenants/${tenantId}`).get()).exists ? 1 : 0;
  return (await everyRecord(stores, entry, tenantId).count().get()).data().count;
}

/**
 * One page of the paths of a tenant's records in one collection; `after` is absent when there are no more.
 *
 * @param page.after - path of the last record seen, absent at the start.
 */
export async function pageOfPaths(
  stores: Stores,
  entry: DeclaredCollection,
  tenantId: string,
  page: { after?: string | undefined; limit: number },
): Promise<{ paths: string[]; after?: string }> {
  if (isTenantItself(entry)) {
    const ref = databaseOf(stores, entry).doc(`tenants/${tenantId}`);
    return { paths: (await ref.get()).exists ? [ref.path] : [] };
  }
  const ordered = everyRecord(stores, entry, tenantId).orderBy(FieldPath.documentId()).limit(page.limit).select();
  const isNested = entry.path.split("/").length > 4;
  const start = page.after === undefined || isNested ? page.after : page.after.slice(page.after.lastIndexOf("/") + 1);
  const { docs } = await (start === undefined ? ordered : ordered.startAfter(start)).get();
  const paths = docs.map((snapshot) => snapshot.ref.path);
  const last = paths.at(-1);
  return docs.length < page.limit || last === undefined ? { paths } : { paths, after: last };
}

/** Writes that stand exactly if a commit's deletions do. @param deleted - how many records that commit deletes. */
export type BesideDeletion = (commit: WriteBatch, deleted: number) => void;

/**
 * Deletes records by path, 500 a commit; absent ones are no error, so it is safe to repeat.
 *
 * @param paths - full document paths, all of `entry`'s database.
 * @param beside - writes of the same commit, made with the number of records that were there.
 */
export async function deletePaths(
  stores: Stores,
  entry: Pick<DeclaredCollection, "database">,
  paths: readonly string[],
  beside?: BesideDeletion,
): Promise<void> {
  const database = databaseOf(stores, entry);
  for (let start = 0; start < paths.length; start += 500) {
    const some = paths.slice(start, start + 500);
    if (beside !== undefined) await deleteThose(database, some, beside);
    else {
      const batch = database.batch();
      for (const path of some) batch.delete(database.doc(path));
      await batch.commit();
    }
  }
}

const notFound = 5;

/** Deletes records that are there; when one of them is gone already, looks which are left. */
async function deleteThose(database: Firestore, paths: readonly string[], beside: BesideDeletion): Promise<void> {
  let left = paths;
  while (left.length > 0) {
    const batch = database.batch();
    for (const path of left) batch.delete(database.doc(path), { exists: true });
    beside(batch, left.length);
    try {
      await batch.commit();
      return;
    } catch (error) {
      if (grpcCode(error) !== notFound) throw error;
      const found = await database.getAll(...left.map((path) => database.doc(path)), { fieldMask: [] });
      const there = found.filter(({ exists }) => exists).map(({ ref }) => ref.path);
      // All of them are: then it is what goes beside them that is missing.
      if (there.length === left.length) throw error;
      left = there;
    }
  }
}
