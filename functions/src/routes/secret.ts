import type { z } from "zod";

/** The key by which a schema, and the description of the API made from it, says that a value is a secret. */
export const secretMark = "x-secret";

/**
 * Marks a field whose value opens something: a password, a key, a token, a link. Such a value never reaches an audit
 * entry, a log line or a problem document; `tests/integration/redaction.test.ts` sends one through every route.
 */
export function secret<Shape extends z.ZodType>(shape: Shape): Shape {
  return shape.meta({ [secretMark]: true }) as Shape;
}

/** The key by which a schema says that a value may stand in the audit log. */
export const safeMark = "x-safe";

/**
 * Marks a field whose values, before and after a change, the audit log may show to everybody who may ever read it: a
 * switch, a color, an id. Values of other fields are recorded as commitments.
 */
export function safe<Shape extends z.ZodType>(shape: Shape): Shape {
  return shape.meta({ [safeMark]: true }) as Shape;
}

/** Names of the fields that are marked safe. */
export function safeFields(fields: Readonly<Record<string, z.ZodType>>): ReadonlySet<string> {
  return new Set(Object.keys(fields).filter((name) => fields[name]?.meta()?.[safeMark] === true));
}
