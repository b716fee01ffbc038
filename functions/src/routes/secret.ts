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
