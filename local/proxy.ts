import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { InstanceKey, Instances } from "./instances.ts";
import { answer, readBody } from "./listen.ts";

/** What Cloud Run takes as a request over HTTP/1. */
const maxBodyBytes = 32 * 1024 * 1024;

/** Headers that belong to one connection. @see RFC 9110 §7.6.1 */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Hands a request to a function's instance, starting one when there is none, and streams its answer back as it comes. A client
 * that goes away takes its request with it; an instance that dies in the middle ends the answer in the middle.
 *
 * @param target.path - path and query that the function sees.
 * @param target.timeoutMs - what Cloud Functions gives the function; 504 after that.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  instances: Instances,
  target: InstanceKey & { path: string; timeoutMs: number },
): Promise<void> {
  const body = await readBody(request, maxBodyBytes);
  if (body === undefined) {
    answer(response, 413, "text/plain; charset=utf-8", "request too large", { connection: "close" });
    return;
  }
  const headers = { ...endToEnd(request.headers), "x-forwarded-for": forwardedFor(request) };
  await withInstance(instances, target, (port) =>
    exchange(response, { port, method: request.method ?? "GET", headers, body, ...target }),
  );
}

/**
 * Calls a function's instance. One that refuses the connection has just ended and never saw the call: the next one gets it.
 *
 * @param call - given the instance's port.
 */
export async function withInstance<T>(
  instances: Instances,
  key: InstanceKey,
  call: (port: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const port = await instances.portFor(key);
    const done = instances.using(key);
    try {
      return await call(port);
    } catch (error) {
      if (attempt === mostAttempts || !isRefused(error)) throw error;
      await sleep(refusedWaitMs);
    } finally {
      done();
    }
  }
}

const mostAttempts = 5;
/** Until this process has heard of the end of the other. */
const refusedWaitMs = 50;

function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}

type Exchange = {
  port: number;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  timeoutMs: number;
};

function exchange(response: ServerResponse, { body, timeoutMs, ...call }: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    // A connection of its own for each request: none can be reset by an instance that has just gone.
    const upstream = httpRequest({ host: "127.0.0.1", agent: false, ...call }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers));
      response.flushHeaders();
      reply.pipe(response);
      reply.once("error", () => response.destroy());
    });
    const timer = setTimeout(() => {
      upstream.destroy();
      if (response.headersSent) response.destroy();
      else answer(response, 504, "text/plain; charset=utf-8", "upstream request timeout");
    }, timeoutMs);
    upstream.once("error", (error) => (response.headersSent ? response.destroy() : reject(error)));
    response.once("close", () => {
      clearTimeout(timer);
      upstream.destroy();
      resolve();
    });
    upstream.end(body);
  });
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

/** The load balancer appends the caller to whatever the caller claimed. */
function forwardedFor(request: IncomingMessage): string {
  const claimed = request.headers["x-forwarded-for"];
  const caller = request.socket.remoteAddress ?? "unknown";
  return claimed === undefined ? caller : `${String(claimed)}, ${caller}`;
}
