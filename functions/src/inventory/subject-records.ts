import { FieldPath, type Query, type QueryDocumentSnapshot } from "@google-cloud/firestore";
import { documentRef, type Stores } from "./collections.ts";
import type { CollectionEntry } from "./entry.ts";
import { type CollectionName, collections } from "./inventory.ts";
import { deletePaths, everyRecord } from "./tenant-records.ts";

/** Whose records are meant: all of a person's, or those of one conversation or of one record. */
export interface RecordScope {
  tenantId: string;
  subjectId: string;
  /** Only what belongs to this conversation. */
  conversationId?: string;
  /** Only this record of this collection. */
  record?: { collection: CollectionName; id: string };
}

/** A stored record of a person. */
export interface SubjectRecord {
  path: string;
  data: Readonly<Record<string, unknown>>;
}

export type PersonalCollection = CollectionEntry & { name: CollectionName };

function namesSubject(entry: PersonalCollection): boolean {
  return !("none" in entry.dataSubject);
}

/** Every collection whose records name a data subject, in the order of the inventory. */
export const personalCollections: readonly PersonalCollection[] = collections.filter(namesSubject);

/** The collections that a scope can touch: a conversation's are those that say how they name one. */
export function collectionsInScope(scope: RecordScope): readonly PersonalCollection[] {
  if (scope.record !== undefined) {
    const { collection } = scope.record;
    return personalCollections.filter((entry) => entry.name === collection);
  }
  if (scope.conversationId === undefined) return personalCollections;
  return personalCollections.filter((entry) => entry.conversation !== undefined);
}

/** The single id below the tenant that names a scope's document, where the document's id does so. */
function documentIdIn(entry: PersonalCollection, scope: RecordScope): string | undefined {
  if (scope.record !== undefined) return scope.record.id;
  if (scope.conversationId !== undefined && entry.conversation !== undefined && "documentId" in entry.conversation) {
    return scope.conversationId;
  }
  return "documentId" in entry.dataSubject ? scope.subjectId : undefined;
}

/**
 * Records of one collection that belong to a scope, by document path, as a query: one read a record.
 */
function recordsQuery(stores: Stores, entry: PersonalCollection, scope: RecordScope): Query {
  const all = everyRecord(stores, entry, scope.tenantId);
  const own = "field" in entry.dataSubject ? all.where(entry.dataSubject.field, "==", scope.subjectId) : all;
  const narrowed =
    scope.conversationId !== undefined && entry.conversation !== undefined && "field" in entry.conversation
      ? own.where(entry.conversation.field, "==", scope.conversationId)
      : own;
  return narrowed.orderBy(FieldPath.documentId());
}

/** What a page of records answers; `after` is absent when there are no more. */
export interface RecordPage {
  records: SubjectRecord[];
  after?: string;
}

/**
 * One page of a scope's records in one collection.
 *
 * @param page.after - path of the last record seen, absent at the start.
 * @param page.idsOnly - leaves the data out; a record costs one read either way.
 */
export async function pageOfRecords(
  stores: Stores,
  entry: PersonalCollection,
  scope: RecordScope,
  page: { after?: string | undefined; limit: number; idsOnly?: boolean },
): Promise<RecordPage> {
  const id = documentIdIn(entry, scope);
  if (id !== undefined) return singleRecord(stores, entry, scope, id);
  return queryPage(recordsQuery(stores, entry, scope), entry, page);
}

async function queryPage(
  all: Query,
  entry: PersonalCollection,
  page: { after?: string | undefined; limit: number; idsOnly?: boolean },
): Promise<RecordPage> {
  const from = pageQuery(all, entry, page);
  const { docs } = await (page.idsOnly ? from.select() : from).get();
  const records = docs.map(recordFrom);
  const last = records.at(-1);
  return docs.length < page.limit || last === undefined ? { records } : { records, after: last.path };
}

function pageQuery(all: Query, entry: PersonalCollection, page: { after?: string | undefined; limit: number }): Query {
  const query = all.limit(page.limit);
  const nested = entry.path.split("/").length > 4;
  const start = page.after === undefined || nested ? page.after : page.after.slice(page.after.lastIndexOf("/") + 1);
  return start === undefined ? query : query.startAfter(start);
}

async function* streamQuery(query: Query): AsyncGenerator<SubjectRecord> {
  for await (const snapshot of query.stream()) yield recordFrom(snapshot as unknown as QueryDocumentSnapshot);
}

/**
 * The same records as a page of `pageOfRecords`, each as it arrives: a long page is in memory one record at a time.
 *
 * @param page.after - path of the last record seen, absent at the start.
 */
export function streamRecords(
  stores: Stores,
  entry: PersonalCollection,
  scope: RecordScope,
  page: { after?: string | undefined; limit: number },
): AsyncGenerator<SubjectRecord> {
  const id = documentIdIn(entry, scope);
  if (id !== undefined) return oneByOne(singleRecord(stores, entry, scope, id));
  return streamQuery(pageQuery(recordsQuery(stores, entry, scope), entry, page));
}

async function* oneByOne(page: Promise<RecordPage>): AsyncGenerator<SubjectRecord> {
  yield* (await page).records;
}

function recordFrom(snapshot: QueryDocumentSnapshot): SubjectRecord {
  return { path: snapshot.ref.path, data: snapshot.data() };
}

async function singleRecord(
  stores: Stores,
  entry: PersonalCollection,
  scope: RecordScope,
  id: string,
): Promise<RecordPage> {
  const documentParam = /\{(\w+)\}$/.exec(entry.path)?.[1] ?? "";
  const ref = documentRef(stores, entry.name, { tenantId: scope.tenantId, [documentParam]: id } as never);
  const data = (await ref.get()).data();
  if (data === undefined) return { records: [] };
  // A record that another person owns is not in scope, whatever its id.
  if ("field" in entry.dataSubject && data[entry.dataSubject.field] !== scope.subjectId) return { records: [] };
  return { records: [{ path: ref.path, data }] };
}

/** How many records of a scope one collection holds; costs one read a thousand. */
export async function countRecords(stores: Stores, entry: PersonalCollection, scope: RecordScope): Promise<number> {
  const id = documentIdIn(entry, scope);
  if (id !== undefined) return (await singleRecord(stores, entry, scope, id)).records.length;
  return (await recordsQuery(stores, entry, scope).count().get()).data().count;
}

/**
 * All records of a collection of a tenant as they arrive, whoever they belong to; for exports of the whole account.
 *
 * @param page.after - path of the last record seen, absent at the start.
 */
export function streamAllRecords(
  stores: Stores,
  entry: PersonalCollection,
  tenantId: string,
  page: { after?: string | undefined; limit: number },
): AsyncGenerator<SubjectRecord> {
  if (entry.path.split("/").length === 2) return oneByOne(tenantItself(stores, entry, tenantId));
  const everybody = { ...entry, dataSubject: { none: "all of the tenant's" } };
  return streamQuery(pageQuery(recordsQuery(stores, everybody, { tenantId, subjectId: "" }), entry, page));
}

async function tenantItself(stores: Stores, entry: PersonalCollection, tenantId: string): Promise<RecordPage> {
  const ref = (entry.database === "keys" ? stores.keys : stores.data).doc(`tenants/${tenantId}`);
  const data = (await ref.get()).data();
  return { records: data === undefined ? [] : [{ path: ref.path, data }] };
}

/**
 * Deletes all of a scope's records in some collections, the last collection first, page by page. Safe to repeat.
 *
 * @param options.isKept - paths to pass over: held ones.
 * @param options.remove - how a page's records are deleted.
 * @returns how many were deleted.
 */
export async function deleteScope(
  stores: Stores,
  entries: readonly PersonalCollection[],
  scope: RecordScope,
  {
    isKept = () => false,
    remove = (entry, paths) => deletePaths(stores, entry, paths),
  }: {
    isKept?: (path: string) => boolean;
    remove?: (entry: PersonalCollection, paths: readonly string[]) => Promise<unknown>;
  } = {},
): Promise<number> {
  let deleted = 0;
  for (const entry of entries.toReversed()) {
    let after: string | undefined;
    do {
      const page = await pageOfRecords(stores, entry, scope, { after, limit: 500, idsOnly: true });
      const paths = page.records.map((record) => record.path).filter((path) => !isKept(path));
      await remove(entry, paths);
      deleted += paths.length;
      after = page.after;
    } while (after !== undefined);
  }
  return deleted;
}
