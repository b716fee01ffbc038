import { FieldValue, Timestamp } from "@google-cloud/firestore";

/** What a document holds: JSON's kinds, bytes and times. */
export type Fields = Record<string, unknown>;

/** A copy as Firestore would store and return it: times become Timestamps, bytes Buffers, undefined members go. */
export function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return Timestamp.fromDate(value);
  if (value instanceof Timestamp) return value;
  if (value instanceof Uint8Array) return Buffer.copyBytesFrom(value);
  if (Array.isArray(value)) return value.map(copyOf);
  return fieldsOf(value as Fields);
}

/** A document's fields, copied. */
export function fieldsOf(fields: Fields): Fields {
  const copy: Fields = {};
  for (const name of Object.keys(fields)) if (fields[name] !== undefined) copy[name] = copyOf(fields[name]);
  return copy;
}

/** A field by its path, `a.b` for a member of a map; undefined when it is absent. */
export function fieldAt(fields: Fields, path: string): unknown {
  let value: unknown = fields;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Fields)[name];
  }
  return value;
}

/** What a `FieldValue.increment` adds. @throws Error for a field value that the memory database does not know. */
function operandOf(value: FieldValue): number {
  const { operand } = value as unknown as { operand?: unknown };
  if (typeof operand !== "number" || !value.isEqual(FieldValue.increment(operand)))
    throw new Error("the memory database knows no such field value");
  return operand;
}

/** The fields with those of an update in their places. */
export function updated(fields: Fields, changes: Fields): Fields {
  const result = fieldsOf(fields);
  for (const [path, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    const names = path.split(".");
    let parent = result;
    for (const name of names.slice(0, -1)) {
      const child = parent[name];
      const map = typeof child === "object" && child !== null ? (child as Fields) : {};
      parent[name] = map;
      parent = map;
    }
    const name = names.at(-1) ?? "";
    if (value instanceof FieldValue && value.isEqual(FieldValue.delete())) delete parent[name];
    else if (value instanceof FieldValue) parent[name] = Number(parent[name] ?? 0) + operandOf(value);
    else parent[name] = copyOf(value);
  }
  return result;
}

/** Order of Firestore's kinds of values. */
function rankOf(value: unknown): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return 1;
  if (typeof value === "number") return 2;
  if (value instanceof Timestamp) return 3;
  if (typeof value === "string") return 4;
  return value instanceof Uint8Array ? 5 : 6;
}

/** Whether two values are of one kind: a range holds only such. */
export function isSameKind(left: unknown, right: unknown): boolean {
  return rankOf(copyOf(left)) === rankOf(copyOf(right));
}

/** Compares two stored values as Firestore orders them; texts by their UTF-8 bytes. */
export function compare(left: unknown, right: unknown): number {
  const [a, b] = [copyOf(left), copyOf(right)];
  if (rankOf(a) !== rankOf(b)) return rankOf(a) - rankOf(b);
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
  if (typeof a === "object") return JSON.stringify(a) === JSON.stringify(b) ? 0 : 1;
  return Number(a) - Number(b);
}
