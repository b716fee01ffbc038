/** What a form-encoded Stripe request holds: texts, in objects and lists. */
export type FormValue = string | FormObject | FormValue[];
export type FormObject = { [name: string]: FormValue };

/**
 * Reads Stripe's form encoding: `metadata[tenant]=a&items[0][price]=b`.
 *
 * @returns nested objects; keys that count up from 0 become lists.
 */
export function parseForm(text: string): FormObject {
  const root: FormObject = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== "");
    const last = path.pop();
    // `__proto__` and the like would reach beyond the object.
    if (last === undefined || [last, ...path].some((part) => part.startsWith("__"))) continue;
    let place = root;
    for (const part of path) {
      const next = place[part];
      const inner: FormObject = typeof next === "object" && !Array.isArray(next) ? next : {};
      place[part] = inner;
      place = inner;
    }
    place[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, withLists(value)]));
}

function withLists(value: FormValue): FormValue {
  if (typeof value === "string" || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withLists(inner)] as const);
  const isList = entries.length > 0 && entries.every(([name], at) => name === String(at));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** @returns the text at `name`, or `undefined` when it is absent or no text. */
export function textAt(form: FormObject, name: string): string | undefined {
  const value = form[name];
  return typeof value === "string" ? value : undefined;
}

/** @returns the object at `name`, empty when it is absent. */
export function objectAt(form: FormObject, name: string): FormObject {
  const value = form[name];
  return typeof value === "object" && !Array.isArray(value) ? value : {};
}
