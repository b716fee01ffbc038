import type { Route, RouteTable } from "./route.ts";

/** A row made ready for matching. */
export interface CompiledRoute {
  /** `METHOD /path/{name}`, as in the table. */
  name: string;
  method: string;
  segments: readonly string[];
  row: Route;
}

/** Makes a table ready for matching. */
export function compileRoutes(table: RouteTable): readonly CompiledRoute[] {
  return Object.entries(table).map(([name, row]) => {
    const [method = "", path = ""] = name.split(" ");
    return { name, method, segments: path.split("/"), row };
  });
}

/** Parameters of a path, or undefined when it does not match. A last segment `{name+}` takes the rest of the path. */
function paramsOf(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const last = segments.at(-1) ?? "";
  if (last.endsWith("+}") && parts.length >= segments.length) {
    const rest = parts.slice(segments.length - 1).join("/");
    const params = paramsOf(segments.slice(0, -1), parts.slice(0, segments.length - 1));
    return params === undefined ? undefined : { ...params, [last.slice(1, -2)]: rest };
  }
  if (segments.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? "";
    if (segment.startsWith("{")) params[segment.slice(1, -1)] = part;
    else if (segment !== part) return undefined;
  }
  return params;
}

/** Decodes once; a malformed escape stays as it is and fails the row's own schema. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The row for a request.
 *
 * @param path - the raw path, without query.
 * @returns the row or undefined, its path parameters, and the methods that the path serves. A fixed path wins over one with parameters.
 */
export function matchRoute(
  routes: readonly CompiledRoute[],
  method: string,
  path: string,
): { route: CompiledRoute | undefined; params: Record<string, string>; allowed: string[] } {
  const parts = path.split("/").map(decoded);
  const hits = routes
    .flatMap((route) => {
      const params = paramsOf(route.segments, parts);
      return params === undefined ? [] : [{ route, params }];
    })
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  const hit = hits.find((entry) => entry.route.method === method);
  return { route: hit?.route, params: hit?.params ?? {}, allowed: hits.map((entry) => entry.route.method) };
}
