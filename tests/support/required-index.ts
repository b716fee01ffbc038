import type { CompositeIndex, IndexFile } from "./index-file.ts";

/** The parts of a structured query, as it goes over the wire, that decide which index serves it. */
export interface StructuredQuery {
  from?: { collectionId?: string | null; allDescendants?: boolean | null }[] | null;
  where?: Filter | null;
  orderBy?: { field?: { fieldPath?: string | null } | null; direction?: string | number | null }[] | null;
  findNearest?: { vectorField?: { fieldPath?: string | null } | null } | null;
}

interface Filter {
  compositeFilter?: { filters?: Filter[] | null } | null;
  fieldFilter?: { field?: { fieldPath?: string | null } | null; op?: string | number | null } | null;
  unaryFilter?: { field?: { fieldPath?: string | null } | null } | null;
}

interface Need {
  group: string;
  scope: CompositeIndex["queryScope"];
  /** Fields compared for equality. */
  equal: string[];
  /** Fields asked with array-contains. */
  contains: string[];
  /** What the answer is ordered by, with `-` before a descending field. */
  ordered: string[];
  vector: string | undefined;
}

const equalities = new Set(["EQUAL", "IN", "IS_NULL", "IS_NAN", "5", "8"]);
const arrays = new Set(["ARRAY_CONTAINS", "ARRAY_CONTAINS_ANY", "7", "9"]);

function leavesOf(filter: Filter | null | undefined): { field: string; op: string }[] {
  if (filter?.compositeFilter?.filters) return filter.compositeFilter.filters.flatMap(leavesOf);
  const field = filter?.fieldFilter?.field?.fieldPath ?? filter?.unaryFilter?.field?.fieldPath;
  if (field === null || field === undefined) return [];
  return [{ field, op: filter?.fieldFilter ? String(filter.fieldFilter.op) : "EQUAL" }];
}

function needOf(query: StructuredQuery): Need {
  const leaves = leavesOf(query.where);
  const ranged = leaves.filter(({ op }) => !equalities.has(op) && !arrays.has(op)).map(({ field }) => field);
  const asked = (query.orderBy ?? []).map(({ field, direction }) => {
    const descending = ["DESCENDING", "2"].includes(String(direction));
    return `${descending ? "-" : ""}${field?.fieldPath ?? ""}`;
  });
  const ordered = asked.length > 0 ? asked : [...new Set(ranged)];
  const last = ordered.at(-1);
  // Every index ends with the document's name in the direction of its last field.
  const byName = last === "__name__" || last === "-__name__";
  const previous = ordered.at(-2);
  const implied = byName && last.startsWith("-") === (previous?.startsWith("-") ?? false);
  return {
    group: query.from?.[0]?.collectionId ?? "",
    scope: query.from?.[0]?.allDescendants ? "COLLECTION_GROUP" : "COLLECTION",
    equal: leaves.filter(({ op, field }) => equalities.has(op) && field !== "__name__").map(({ field }) => field),
    contains: leaves.filter(({ op }) => arrays.has(op)).map(({ field }) => field),
    ordered: implied ? ordered.slice(0, -1) : ordered,
    vector: query.findNearest?.vectorField?.fieldPath ?? undefined,
  };
}

function hasSingleField(file: IndexFile, need: Need, field: string): boolean {
  const name = field.replace(/^-/, "");
  const override = file.fieldOverrides.find(
    (entry) => entry.collectionGroup === need.group && entry.fieldPath === name.split(".")[0],
  );
  if (override === undefined) return need.scope === "COLLECTION";
  return override.indexes.some((index) => index.queryScope === need.scope);
}

const reversed = (field: string): string => (field.startsWith("-") ? field.slice(1) : `-${field}`);

/** The filter fields that an index adds before the order that is asked for, or undefined when it does not give that order. */
function prefixOf(index: CompositeIndex, need: Need): string[] | undefined {
  if (index.collectionGroup !== need.group || index.queryScope !== need.scope) return undefined;
  const fields = index.fields.filter((field) => field.vectorConfig === undefined);
  const names = fields.map(({ fieldPath, order }) => `${order === "DESCENDING" ? "-" : ""}${fieldPath}`);
  const vector = index.fields.find((field) => field.vectorConfig !== undefined)?.fieldPath;
  if (vector !== need.vector) return undefined;
  const tail = names.slice(names.length - need.ordered.length);
  const fits = [need.ordered, need.ordered.map(reversed)].some((order) => order.join() === tail.join());
  const prefix = names.slice(0, names.length - need.ordered.length).map((name) => name.replace(/^-/, ""));
  const filters = [...need.equal, ...need.contains];
  return fits && prefix.every((name) => filters.includes(name)) ? prefix : undefined;
}

/**
 * Whether a query runs in production with these indexes; the emulator runs it without them.
 *
 * Single-field indexes are joined for equalities; several composite indexes with the same end are joined too.
 *
 * @see https://firebase.google.com/docs/firestore/query-data/index-overview
 */
export function isServed(query: StructuredQuery, file: IndexFile): boolean {
  const need = needOf(query);
  const filters = [...need.equal, ...need.contains];
  if (need.vector === undefined && need.ordered.length === 0)
    return filters.every((field) => hasSingleField(file, need, field));
  if (need.vector === undefined && filters.length === 0 && need.ordered.length === 1) {
    const [only = ""] = need.ordered;
    return only === "-__name__" ? false : hasSingleField(file, need, only);
  }
  const prefixes = file.indexes.flatMap((index) => [prefixOf(index, need) ?? []].filter(() => prefixOf(index, need)));
  const covered = new Set(prefixes.flat());
  return prefixes.length > 0 && filters.every((field) => covered.has(field));
}

/** A query in words, for a test's message. */
export function describeQuery(query: StructuredQuery): string {
  const { group, scope, equal, contains, ordered, vector } = needOf(query);
  return JSON.stringify({ group, scope, equal, contains, ordered, ...(vector === undefined ? {} : { vector }) });
}
