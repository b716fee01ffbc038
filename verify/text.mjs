// How bytes from strangers become text, base64 and JSON: in one spelling each, or not at all. Whatever does not hold, here
// and in every file beside this one, ends the verification by throwing Refused.

/** Why a file is not accepted: the one sentence that the auditor is shown. */
export class Refused extends Error {}

/** Ends the verification. @type {(where: string, what: string) => never} @throws {Refused} always. */
export function refuse(where, what) {
  throw new Refused(`${where}: ${what}`);
}

/** Makes untrusted text safe for a terminal: one line, nothing invisible, bounded. @type {(text: string) => string} */
export function printable(text) {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
  return plain.length > 1000 ? `${plain.slice(0, 1000)}...` : plain;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8; a byte-order mark stays. @type {(bytes: Uint8Array, where: string) => string} */
export function utf8(bytes, where) {
  try {
    return decoder.decode(bytes);
  } catch {
    return refuse(where, "is not UTF-8 text");
  }
}

/**
 * Decodes base64 (RFC 4648 §4) with its padding and no stray bits, to `length` bytes if that is given.
 * @type {(text: string, where: string, length?: number) => Buffer}
 */
export function base64(text, where, length) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) refuse(where, "is not canonical base64");
  if (length !== undefined && bytes.length !== length) refuse(where, `holds ${bytes.length} bytes, not ${length}`);
  return bytes;
}

/** @typedef {Record<string, unknown>} JsonObject */

/** @param {unknown} value @returns {value is JsonObject} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads a JSON object that may be indented, but is otherwise spelled as JSON.stringify does, so that no two readers can
 * understand it differently (a key twice, for one).
 * @type {(bytes: Uint8Array, where: string) => JsonObject}
 */
export function readObject(bytes, where) {
  const { text, value } = parse(bytes, where);
  const dense = text.replace(/("(?:[^"\\]+|\\.)*")|[ \t\r\n]+/g, (_, string) => string ?? "");
  const isPlain = spell(value, (keys) => keys) === dense;
  return isPlain ? value : refuse(where, "is JSON with a key twice or an unusual spelling");
}

/** Reads a JSON object in RFC 8785's canonical form. @type {(bytes: Uint8Array, where: string) => JsonObject} */
export function readCanonicalObject(bytes, where) {
  const { text, value } = parse(bytes, where);
  // Sorted by UTF-16 code units, which is how JavaScript sorts.
  const isCanonical = spell(value, (keys) => keys.sort()) === text;
  return isCanonical ? value : refuse(where, "is not canonical JSON (RFC 8785)");
}

/** @type {(bytes: Uint8Array, where: string) => { text: string, value: JsonObject }} */
function parse(bytes, where) {
  const text = utf8(bytes, where);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    refuse(where, "is not JSON");
  }
  return isObject(value) ? { text, value } : refuse(where, "is not a JSON object");
}

/**
 * Spells numbers and strings as ECMAScript does, which is what RFC 8785 §3.2 asks. Lone surrogates and nesting beyond 64
 * have no spelling: undefined, which equals no text.
 * @type {(value: unknown, order: (keys: string[]) => string[], depth?: number) => string | undefined}
 */
function spell(value, order, depth = 0) {
  if (depth > 64) return undefined;
  if (typeof value === "string") return value.isWellFormed() ? JSON.stringify(value) : undefined;
  if (Array.isArray(value)) return `[${value.map((item) => spell(item, order, depth + 1)).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = order(Object.keys(value));
  return `{${keys.map((key) => `${spell(key, order)}:${spell(value[key], order, depth + 1)}`).join(",")}}`;
}
