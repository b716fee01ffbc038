import type { Request, Response } from "@google-cloud/functions-framework";
import { z } from "zod";
import { authenticate } from "../identity/authenticate.ts";
import { assertWithinLimit } from "../identity/limits.ts";
import { nudgeSequencers } from "../ledger/nudges.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import { problemOf } from "../platform/problem.ts";
import { bodyOf, takeRawBodies } from "../platform/raw-body.ts";
import { withinTime } from "../platform/within-time.ts";
import { randomIds } from "../ports/ids.ts";
import { allowOrigin } from "./cors.ts";
import { type CompiledRoute, compileRoutes, matchRoute } from "./match.ts";
import type { Answer, RequestContext, Route, RouteTable } from "./route.ts";

const defaultMaxBodyBytes = 64 * 1024;
/** Below every HTTP function's own time limit, so that a caller is told; an event stream begins within it. */
const answerLimitMs = 45_000;
/** A caller does not wait longer than this for Pub/Sub. */
const nudgeLimitMs = 2_000;

/** What a request asks for, as the route's schemas parsed it. */
interface Input {
  params: unknown;
  query: unknown;
  body: unknown;
}

/** Made once: a schema is compiled when it is made. */
const nothing = z.strictObject({});
const idempotencyKeyShape = /^[A-Za-z0-9_-]{8,100}$/;

/**
 * Serves a route table: match, parse, authenticate, limit, call, answer. Nothing outside the table is served; every failure
 * is a problem document. What cannot be right is refused before a database is asked, and while the databases are closed
 * nothing is handled.
 *
 * @see RFC 9457 (problem details)
 */
export function serve(table: RouteTable, deps: () => Deps): (request: Request, response: Response) => Promise<void> {
  takeRawBodies();
  const compiled = compileRoutes(table);
  return async (request, response) => {
    const trace = traceOf(request);
    const started = performance.now();
    let name = "none";
    try {
      const { route, params, allowed } = matchRoute(compiled, request.method, request.path);
      allowOrigin(deps().config, request, response, route);
      if (request.method === "OPTIONS" && allowed.length > 0) {
        response.status(204).end();
        return;
      }
      if (route === undefined) throw notServed(request.method, allowed, response);
      name = route.name;
      await call(deps(), route, params, request, response, trace);
    } catch (error) {
      sendProblem(response, error, trace);
    } finally {
      const durationMs = Math.round(performance.now() - started);
      log.info("served", { route: name, status: response.statusCode, durationMs, trace });
    }
  };
}

function notServed(method: string, allowed: readonly string[], response: Response): AppError {
  if (allowed.length === 0) return new AppError("not-found", "no such path");
  response.setHeader("allow", allowed.join(", "));
  return new AppError("method-not-allowed", `${method} is not served at this path`);
}

async function call(
  deps: Deps,
  route: CompiledRoute,
  rawParams: Record<string, string>,
  request: Request,
  response: Response,
  trace: string,
): Promise<void> {
  const { row } = route;
  const input: Input = {
    params: parse(row.params ?? nothing, rawParams, "path"),
    query: parse(row.query ?? nothing, queryOf(request), "query"),
    body: parseBody(row, request),
  };
  const aborter = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) aborter.abort();
  });
  const context: RequestContext = {
    trace,
    idempotencyKey: idempotencyKeyOf(row, request),
    origin: request.get("origin"),
    signal: aborter.signal,
    cookies: cookiesOf(request),
    now: deps.clock.now(),
  };
  await send(response, await answerOf(deps, route, input, request, context));
}

/** What the route answers to this caller. Entries that it wrote, of a refusal too, are told to their sequencers. */
async function answerOf(
  deps: Deps,
  { name, row }: CompiledRoute,
  input: Input,
  request: Request,
  context: RequestContext,
): Promise<Answer> {
  try {
    const address = addressOf(request);
    const caller = await authenticate(deps, row.caller, {
      method: request.method,
      authorization: request.get("authorization"),
      channelKey: request.get("lethe-channel") ?? channelOf(input.query),
      origin: context.origin,
      cookies: context.cookies,
      address,
    });
    assertWithinLimit(deps, row.limit, caller, address);
    await deps.databases.assertOpen();
    return await withinTime(answerLimitMs, name, row.handle(deps, caller, input, context));
  } finally {
    await nudgeSequencers(deps, nudgeLimitMs);
  }
}

/**
 * The client's address as the load balancer saw it: it appends the client and itself to whatever the client sent.
 *
 * @see https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header
 */
function addressOf(request: Request): string {
  const chain = (request.get("x-forwarded-for") ?? "").split(",").map((part) => part.trim());
  return chain.at(-2) ?? (chain[0] || (request.socket.remoteAddress ?? ""));
}

function channelOf(query: unknown): string | undefined {
  if (typeof query !== "object" || query === null || !("channel" in query)) return undefined;
  return typeof query.channel === "string" ? query.channel : undefined;
}

function queryOf(request: Request): Record<string, string> {
  return Object.fromEntries(new URL(request.url, "http://host").searchParams);
}

function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new AppError("input-invalid", `${where} is not as the route expects`, { cause: parsed.error });
  return parsed.data;
}

function parseBody(row: Route, request: Request): unknown {
  const bytes = bodyOf(request);
  if (row.body === undefined) {
    if (bytes.length > 0) throw new AppError("input-invalid", "route takes no body");
    return undefined;
  }
  const limit = row.maxBodyBytes ?? defaultMaxBodyBytes;
  if (bytes.length > limit) throw new AppError("input-too-large", `body has ${bytes.length} bytes, more than ${limit}`);
  if (request.get("x-body-encoding")) throw new AppError("input-not-supported", "compressed bodies are not taken");
  if (row.rawBody) return parse(row.body, bytes, "body");
  if (!/^application\/(json|[\w.+-]+\+json)\b/.test(request.get("x-body-type") ?? "")) {
    throw new AppError("input-not-supported", "body must be application/json");
  }
  return parse(row.body, jsonOf(bytes), "body");
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    // The parser's own message may quote the body.
    throw new AppError("input-invalid", error instanceof TypeError ? "body is not UTF-8" : "body is not JSON");
  }
}

function idempotencyKeyOf(row: Route, request: Request): string {
  const key = request.get("idempotency-key") ?? "";
  if (row.idempotent && !idempotencyKeyShape.test(key)) {
    throw new AppError("input-invalid", "header Idempotency-Key must have 8 to 100 letters, digits, - or _");
  }
  return key;
}

function cookiesOf(request: Request): Record<string, string> {
  const pairs = (request.get("cookie") ?? "").split(";").map((pair) => pair.trim().split("="));
  return Object.fromEntries(pairs.map(([name = "", ...value]) => [name, value.join("=")]));
}

function traceOf(request: Request): string {
  const given = /^([0-9a-f]{32})/.exec(request.get("x-cloud-trace-context") ?? "")?.[1];
  return given ?? Buffer.from(randomIds.bytes(16)).toString("hex");
}

async function send(response: Response, answer: Answer): Promise<void> {
  response.status(answer.status);
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-content-type-options", "nosniff");
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if ("stream" in answer) {
    response.setHeader("content-type", "text/event-stream; charset=utf-8");
    response.setHeader("x-accel-buffering", "no");
    response.flushHeaders();
    // A client that hangs up does not end the work: what is written to nobody is dropped.
    for await (const text of answer.stream) if (!response.destroyed) response.write(text);
    response.end();
  } else if ("content" in answer) {
    response.setHeader("content-type", answer.contentType);
    response.end(answer.content);
  } else if (answer.body === undefined) {
    response.end();
  } else {
    response.setHeader("content-type", "application/json; charset=utf-8");
    response.end(JSON.stringify(answer.body));
  }
}

function sendProblem(response: Response, error: unknown, trace: string): void {
  const problem = problemOf(error, trace);
  if (problem.status >= 500) log.error("request failed", { code: problem.code, status: problem.status, trace }, error);
  if (response.headersSent) {
    response.end();
    return;
  }
  response.status(problem.status);
  response.setHeader("content-type", "application/problem+json");
  response.setHeader("cache-control", "no-store");
  if (problem.status === 429) response.setHeader("retry-after", "10");
  response.end(JSON.stringify(problem));
}
