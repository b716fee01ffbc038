import { AppError } from "../platform/errors.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [name: string]: JsonValue };

/** Deeper values are refused: nothing we write comes near, and the stack ends somewhere. */
const depthLimit = 100;

/**
 * Canonical JSON: no spaces, names sorted by UTF-16 code units, numbers and strings as ECMAScript writes them.
 * The same value always has the same bytes (UTF-8), so that it can be hashed and signed.
 *
 * @throws AppError `ledger-malformed` naming the place, for what JSON cannot hold or two readers may read differently:
 * NaN and infinities, lone surrogates, `undefined`, holes, functions, bigints, symbols, and objects with a class
 * (Date, Map, Buffer).
 * @see RFC 8785
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, "$", 0);
}

function write(value: unknown, place: string, depth: number): string {
  if (depth > depthLimit) throw refused(place, `is nested deeper than ${depthLimit}`);
  switch (typeof value) {
    case "string":
      return writeString(value, place);
    case "number":
      if (!Number.isFinite(value)) throw refused(place, `is ${value}`);
      return JSON.stringify(value);
    case "boolean":
      return JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? writeArray(value, place, depth) : writeObject(value, place, depth);
    default:
      throw refused(place, `is of type ${typeof value}`);
  }
}

function writeString(text: string, place: string): string {
  if (!text.isWellFormed()) throw refused(place, "holds a lone surrogate");
  return JSON.stringify(text);
}

function writeArray(items: readonly unknown[], place: string, depth: number): string {
  // Array.from turns holes into undefined, which is refused.
  return `[${Array.from(items, (item, index) => write(item, `${place}[${index}]`, depth + 1)).join(",")}]`;
}

function writeObject(object: object, place: string, depth: number): string {
  if (!isPlain(object)) throw refused(place, "is an object with a class");
  if (Object.getOwnPropertySymbols(object).length > 0) throw refused(place, "has a symbol as a name");
  const members = Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${writeString(name, place)}:${write(value, `${place}.${name}`, depth + 1)}`);
  return `{${members.join(",")}}`;
}

/** Whether the prototype is null or ends the chain, as `Object.prototype` does, of whatever realm. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refused(place: string, what: string): AppError {
  return new AppError("ledger-malformed", `value at ${place} ${what}, which canonical JSON cannot hold`);
}
