import { existsSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { actions } from "../../../functions/src/ledger/actions.ts";
import { openApiOf, openApiRoutes } from "../../../functions/src/routes/openapi.ts";
import type { Route, RouteTable } from "../../../functions/src/routes/route.ts";
import { routeTables } from "../../../functions/src/routes/tables.ts";
import { readFunctions } from "../../../terraform/functions.ts";

const tables: [string, RouteTable][] = [...Object.entries(routeTables), ["console", openApiRoutes]];
const rows = tables.flatMap(([name, table]) =>
  Object.entries(table).map(([path, row]) => [`${name}: ${path}`, name, path, row] as const),
);

/** Names of fields in a schema, at every depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(fieldsOf)];
}

/** Whether a schema of an object, or each of its alternatives, names all fields that it takes. */
function isClosed(schema: { additionalProperties?: unknown; oneOf?: object[]; anyOf?: object[] }): boolean {
  const alternatives = schema.oneOf ?? schema.anyOf;
  return alternatives === undefined ? schema.additionalProperties === false : alternatives.every(isClosed);
}

function inputsOf(row: Route, parts: readonly ("params" | "query" | "body")[]): string[] {
  return parts.flatMap((part) => {
    const shape = row[part];
    return shape === undefined ? [] : fieldsOf(z.toJSONSchema(shape, { io: "input", unrepresentable: "any" }));
  });
}

describe("tables", () => {
  it("are listed for every HTTP function that has an entry point", () => {
    const deployed = Object.entries(readFunctions())
      .filter(([name, spec]) => spec.trigger === "http" && existsSync(`functions/src/entrypoints/${name}.ts`))
      .map(([name]) => name);
    expect(Object.keys(routeTables).sort()).toEqual(deployed.sort());
  });

  it("never serve the same path twice", () => {
    const paths = rows.map(([, , path]) => path.replaceAll(/\{\w+\+?\}/g, "{}"));
    expect(paths.filter((path, position) => paths.indexOf(path) !== position)).toEqual([]);
  });
});

describe.each(rows)("%s", (_title, name, path, row) => {
  const [method = "", template = ""] = path.split(" ");

  it("lies under a prefix that the gateway sends to its function", () => {
    const prefixes = Object.entries(readFunctions()).flatMap(([owner, spec]) =>
      spec.trigger === "http" ? spec.paths.map((prefix) => [prefix, owner] as const) : [],
    );
    const [longest] = prefixes
      .filter(([prefix]) => template === prefix || template.startsWith(`${prefix}/`))
      .sort(([a], [b]) => b.length - a.length);
    expect(longest?.[1]).toBe(name);
  });

  it("names an audit action that exists, or says why there is none", () => {
    if (typeof row.audit === "string") expect(Object.keys(actions)).toContain(row.audit);
    else expect(row.audit.none.length).toBeGreaterThan(8);
  });

  it("says what it does and what it answers", () => {
    expect(row.summary.length).toBeGreaterThan(4);
    const statuses = Object.keys(row.answer).map(Number);
    expect(statuses.length).toBeGreaterThan(0);
    for (const status of statuses) expect([200, 201, 202, 204]).toContain(status);
    const shapes = Object.values(row.answer);
    for (const shape of shapes) expect(typeof shape === "string" || "safeParse" in shape).toBe(true);
  });

  it("has a schema for exactly the parameters of its path", () => {
    const named = [...template.matchAll(/\{(\w+)\+?\}/g)].map(([, parameter]) => parameter);
    expect(inputsOf(row, ["params"]).sort()).toEqual(named.sort());
  });

  it.each(["a/b", "..", ".", "__x__", "a\0b", "a".repeat(1_501), "", " ", "аbc"])(
    "refuses %j wherever an id stands in its path",
    (id) => {
      const parameters = [...template.matchAll(/\{(\w+)(\+?)\}/g)];
      for (const [, changed = ""] of parameters) {
        const filled = parameters.map(([, name = "", rest]) => [name, rest === "" ? "abcdefgh" : "0/000"]);
        const params = { ...Object.fromEntries(filled), [changed]: id };
        expect([changed, row.params?.safeParse(params).success]).toEqual([changed, false]);
      }
    },
  );

  it("takes no tenant from its input, and no address, number or token in its URL", () => {
    expect(inputsOf(row, ["params", "query", "body"])).not.toContain("tenantId");
    const inUrl = inputsOf(row, ["params", "query"]).filter((field) =>
      /mail|phone|token|session|secret|password|name$/i.test(field),
    );
    expect(inUrl).toEqual([]);
  });

  it("refuses fields that it does not know", () => {
    for (const shape of [row.params, row.query, row.rawBody ? undefined : row.body]) {
      if (shape === undefined) continue;
      expect(isClosed(z.toJSONSchema(shape, { io: "input", unrepresentable: "any" }))).toBe(true);
    }
  });

  it("is asked for with GET if it changes nothing", () => {
    if (method === "GET") expect(row.body).toBeUndefined();
    if (method === "GET" && typeof row.audit === "string")
      expect(actions[row.audit as keyof typeof actions].crud).toBe("read");
  });
});

describe("the OpenAPI document", () => {
  const document = openApiOf([...Object.values(routeTables), openApiRoutes], "https://eu.api.lethe.example") as {
    paths: Record<
      string,
      Record<string, { operationId: string; parameters?: { in: string }[]; security: object[]; responses: object }>
    >;
  };
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

  it("has every route once, with an id of its own, and JSON can hold it", () => {
    expect(operations).toHaveLength(rows.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(rows.length);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it("says what a caller needs: parameters, keys, bodies and failures", () => {
    const upload = document.paths["/v1/documents"]?.post;
    expect(upload).toMatchObject({
      security: [{ cookie: [] }, { apiKey: ["knowledge:write"] }],
      requestBody: { content: { "application/json": { schema: { required: ["fileName", "contentType", "text"] } } } },
      responses: { 202: {}, default: { content: { "application/problem+json": {} } } },
      "x-audit": "knowledge-uploaded",
    });
    expect(upload?.parameters).toMatchObject([{ name: "Idempotency-Key", in: "header", required: true }]);
    expect(document.paths["/v1/conversations/{conversationId}"]?.get?.parameters).toMatchObject([
      { name: "conversationId", in: "path", required: true },
      { name: "before", in: "query", required: false },
    ]);
    expect(document.paths["/v1/auth/sign-in"]?.post?.security).toEqual([]);
  });
});
