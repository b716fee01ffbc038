import { z } from "zod";
import { errorKinds } from "../platform/errors.ts";
import { type CallerRule, type Route, type RouteTable, route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const problem = {
  description: "A problem document (RFC 9457); `code` says what it is.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum([...(Object.keys(errorKinds) as [string, ...string[]]), "bug"]),
  detail: z.string().optional(),
  trace: z.string().optional(),
  retry: z.boolean(),
  region: z.enum(["eu", "us"]).optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

function schemaOf(shape: z.ZodType, io: "input" | "output"): Json {
  // A shape that JSON Schema cannot say, such as bytes, is described as anything.
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: "any" });
  return schema;
}

function securityOf(caller: CallerRule): Json[] {
  if (caller === "public") return [];
  if (caller === "channel") return [{ channelKey: [] }];
  if (caller === "data-subject") return [{ sessionToken: [] }];
  return [{ cookie: [] }, { apiKey: [caller] }];
}

function parametersOf(shape: z.ZodType | undefined, place: "path" | "query"): Json[] {
  if (shape === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(shape, "input") as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: place, schema },
    required: place === "path" || required.includes(name),
  }));
}

function answersOf(row: Route): Json {
  const answers = Object.entries(row.answer).map(([status, shape]) => {
    if (typeof shape === "string") return [status, { description: shape }];
    return [
      status,
      { description: row.summary, content: { "application/json": { schema: schemaOf(shape, "output") } } },
    ];
  });
  return Object.fromEntries([...answers, ["default", problem]]);
}

function operationOf(name: string, row: Route): Json {
  const key = { name: "Idempotency-Key", in: "header", required: true, schema: { type: "string", minLength: 8 } };
  const parameters = [
    ...parametersOf(row.params, "path"),
    ...parametersOf(row.query, "query"),
    ...(row.idempotent ? [key] : []),
  ];
  const type = row.rawBody ? "application/octet-stream" : "application/json";
  const body =
    row.body === undefined
      ? undefined
      : { required: true, content: { [type]: { schema: schemaOf(row.body, "input") } } };
  const audit = typeof row.audit === "string" ? row.audit : `none: ${row.audit.none}`;
  return {
    operationId: name
      .replace("/v1/", "")
      .replaceAll(/[^A-Za-z0-9]+/g, "-")
      .replace(/-$/, "")
      .toLowerCase(),
    summary: row.summary,
    security: securityOf(row.caller),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: answersOf(row),
    "x-audit": audit,
    "x-limit": row.limit,
  };
}

/**
 * Describes route tables for machines. It is made from the rows that are served, so it cannot say anything else.
 *
 * @param server - origin of the API.
 * @see OpenAPI Specification 3.1
 */
export function openApiOf(tables: readonly RouteTable[], server: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, row] of tables.flatMap((table) => Object.entries(table))) {
    const [method = "", template = ""] = name.split(" ");
    const path = template.replaceAll("+}", "}");
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(name, row) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Lethe", version: "1" },
    servers: [{ url: server }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, "output") },
      securitySchemes: {
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-session",
          description: "A member signed in to the console.",
        },
        apiKey: { type: "http", scheme: "bearer", description: "An API key; scopes are permissions." },
        sessionToken: { type: "http", scheme: "bearer", description: "A visitor's session token." },
        channelKey: { type: "apiKey", in: "header", name: "Lethe-Channel", description: "The key of a page." },
      },
    },
  };
}

/** The document of all functions, served beside the console's routes. */
export const openApiRoutes = {
  "GET /v1/openapi.json": route({
    caller: "public",
    summary: "This document",
    answer: { 200: "An OpenAPI 3.1 document." },
    audit: { none: "public documentation" },
    limit: "public-read",
    cors: "any-origin",
    handle: async (deps) => {
      // Tables of other functions are loaded when somebody asks, not at every cold start.
      const { routeTables } = await import("./tables.ts");
      const body = openApiOf([...Object.values(routeTables), openApiRoutes], deps.config.API_ORIGIN);
      return { status: 200, body, headers: { "cache-control": "public, max-age=3600" } };
    },
  }),
} as const satisfies RouteTable;
