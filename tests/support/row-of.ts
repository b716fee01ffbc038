import { z } from "zod";
import { compileRoutes, matchRoute } from "../../functions/src/routes/match.ts";
import { routeTables } from "../../functions/src/routes/tables.ts";
import type { Reply } from "./served.ts";

const compiled = Object.values(routeTables).flatMap((table) => compileRoutes(table));

/**
 * Checks an answer against the schema that its row declares.
 *
 * @returns what is wrong, in words; undefined for an answer as declared, and for problem documents.
 */
export function faultOf(method: string, path: string, reply: Reply): string | undefined {
  const { route } = matchRoute(compiled, method, path.split("?")[0] ?? "");
  if (route === undefined) return `${method} ${path} is in no table`;
  if (reply.status >= 400) {
    return reply.headers.get("content-type") === "application/problem+json"
      ? undefined
      : `${reply.status} is no problem document`;
  }
  const shape = route.row.answer[reply.status];
  if (shape === undefined) return `${route.name} does not declare ${reply.status}`;
  if (typeof shape === "string") return undefined;
  const parsed = shape.safeParse(reply.json);
  return parsed.success ? undefined : `${route.name}: ${z.prettifyError(parsed.error)}`;
}
