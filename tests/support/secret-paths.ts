import { z } from "zod";
import type { Route } from "../../functions/src/routes/route.ts";
import { safeMark, secretMark } from "../../functions/src/routes/secret.ts";

interface Node {
  properties?: Record<string, Node>;
  format?: string;
  [keyword: string]: unknown;
}

/** A field of a schema: its path, and what the schema says of it. */
export interface Field {
  path: readonly string[];
  isSecret: boolean;
  /** Marked as one whose values the audit log may show. */
  isSafe: boolean;
  /** Text that people write as they like. */
  isFree: boolean;
  /** Text that is no time: what could hold a secret. */
  isText: boolean;
}

/** Every named field of a schema, however deep. */
export function fieldsOf(shape: z.ZodType, io: "input" | "output"): Field[] {
  return below(z.toJSONSchema(shape, { io, unrepresentable: "any" }) as Node, []);
}

function below(node: Node, path: readonly string[]): Field[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const at = [...path, name];
    const isText = child.type === "string" && child.format !== "date-time";
    const isFree =
      child.type === "string" && [child.enum, child.pattern, child.format].every((rule) => rule === undefined);
    const marks = { isSecret: child[secretMark] === true, isSafe: child[safeMark] === true };
    return [{ path: at, ...marks, isText, isFree }, ...below(child, at)];
  });
  const inner = ["items", "anyOf", "oneOf", "allOf", "additionalProperties"].flatMap((keyword) => {
    const value = node[keyword];
    return Array.isArray(value)
      ? (value as Node[])
      : typeof value === "object" && value !== null
        ? [value as Node]
        : [];
  });
  return [...own, ...inner.flatMap((child) => below(child, path))];
}

/** What a route takes and gives: its schemas, each with where it stands. */
export function schemasOf(row: Route): { place: string; io: "input" | "output"; shape: z.ZodType }[] {
  const given = { params: row.params, query: row.query, body: row.body };
  return [
    ...Object.entries(given).flatMap(([place, shape]) =>
      shape === undefined ? [] : [{ place, io: "input" as const, shape }],
    ),
    ...Object.entries(row.answer).flatMap(([status, shape]) =>
      typeof shape === "string" ? [] : [{ place: `answer ${status}`, io: "output" as const, shape }],
    ),
  ];
}

/** The text at a path of a JSON value, or undefined. */
export function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (at, name) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[name] : undefined),
    value,
  );
  return typeof found === "string" ? found : undefined;
}

/** A copy of a JSON object with a value at a path of one name. */
export function withText(value: object, path: readonly string[], text: unknown): object {
  const [name = "", ...rest] = path;
  const inner = (value as Record<string, unknown>)[name];
  return { ...value, [name]: rest.length === 0 ? text : withText(inner as object, rest, text) };
}
