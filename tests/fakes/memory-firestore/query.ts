import type { Storage, Stored } from "./storage.ts";
import { compare, type Fields, fieldAt, isSameKind } from "./value.ts";

/** Name by which queries mean the document's own name. */
export const documentName = "__name__";

export interface Condition {
  field: string;
  operator: string;
  value: unknown;
}

/** What a query asks for. */
export interface Plan {
  /** Path of the collection, or the last part of it for a group. */
  collection: string;
  group: boolean;
  conditions: readonly Condition[];
  orders: readonly { field: string; direction: "asc" | "desc" }[];
  after: readonly unknown[] | undefined;
  limit: number | undefined;
  select: readonly string[] | undefined;
}

export interface Hit {
  path: string;
  stored: Stored;
}

function candidates(storage: Storage, plan: Plan): Hit[] {
  const hits: Hit[] = [];
  const add = (collection: string) => {
    for (const [id, stored] of storage.collections.get(collection) ?? [])
      hits.push({ path: `${collection}/${id}`, stored });
  };
  if (!plan.group) add(plan.collection);
  else for (const path of storage.collections.keys()) if (path.endsWith(`/${plan.collection}`)) add(path);
  return hits;
}

/** A document's name as a query compares it: its id in a collection, its path in a group. */
function nameOf(plan: Plan, value: unknown): string {
  const text = String(value);
  if (plan.group || !text.includes("/")) return text;
  return text.slice(text.lastIndexOf("/") + 1);
}

function placeValue(plan: Plan, hit: Hit, field: string): unknown {
  return field === documentName ? nameOf(plan, hit.path) : fieldAt(hit.stored.fields, field);
}

function holds(plan: Plan, hit: Hit, { field, operator, value }: Condition): boolean {
  const stored = placeValue(plan, hit, field);
  if (stored === undefined) return false;
  const wanted = field === documentName ? nameOf(plan, value) : value;
  if (/^[<>]=?$/.test(operator) && !isSameKind(stored, wanted)) return false;
  switch (operator) {
    case "==":
      return compare(stored, wanted) === 0;
    case "<":
      return compare(stored, wanted) < 0;
    case "<=":
      return compare(stored, wanted) <= 0;
    case ">":
      return compare(stored, wanted) > 0;
    case ">=":
      return compare(stored, wanted) >= 0;
    case "in":
      return (wanted as unknown[]).some((one) => compare(stored, one) === 0);
    case "array-contains":
      return Array.isArray(stored) && stored.some((one) => compare(one, wanted) === 0);
    default:
      throw new Error(`the memory database knows no operator ${operator}`);
  }
}

/** The orders of a query with Firestore's implied ones: fields with a range, then the name, in the last one's direction. */
function fullOrders(plan: Plan): Plan["orders"] {
  const ranged = plan.conditions
    .filter(({ operator }) => ["<", "<=", ">", ">="].includes(operator))
    .map(({ field }) => field);
  const orders = [...plan.orders];
  for (const field of [...new Set(ranged)])
    if (!orders.some((order) => order.field === field)) orders.push({ field, direction: "asc" });
  if (!orders.some((order) => order.field === documentName))
    orders.push({ field: documentName, direction: orders.at(-1)?.direction ?? "asc" });
  return orders;
}

/** Runs a query at this moment. A document without a field that orders is left out, as in Firestore. */
export function runPlan(storage: Storage, plan: Plan): Hit[] {
  const orders = fullOrders(plan);
  const place = (left: readonly unknown[], right: readonly unknown[]) => {
    for (const [index, { direction }] of orders.entries()) {
      if (index >= left.length || index >= right.length) return 0;
      const difference = compare(left[index], right[index]);
      if (difference !== 0) return direction === "asc" ? difference : -difference;
    }
    return 0;
  };
  const keyed = candidates(storage, plan)
    .filter((hit) => plan.conditions.every((condition) => holds(plan, hit, condition)))
    .map((hit) => ({ hit, key: orders.map(({ field }) => placeValue(plan, hit, field)) }))
    .filter(({ key }) => !key.includes(undefined))
    .sort((a, b) => place(a.key, b.key));
  const start = plan.after?.map((value, index) =>
    orders[index]?.field === documentName ? nameOf(plan, value) : value,
  );
  const rest = start === undefined ? keyed : keyed.filter(({ key }) => place(start, key) < 0);
  return rest.slice(0, plan.limit ?? rest.length).map(({ hit }) => hit);
}

/** A document's fields as a query returns them. */
export function selected(plan: Plan, fields: Fields): Fields {
  const names = plan.select;
  return names === undefined
    ? fields
    : Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}
