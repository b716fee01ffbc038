import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type HttpService = { port: number; close(): Promise<void> };

/**
 * Serves plain HTTP on 127.0.0.1.
 *
 * @param port - 0 takes a free one.
 * @param handle - what it throws becomes a 500 and a line in the log.
 */
export async function serveHttp(
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<HttpService> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(request.method, request.url?.split("?")[0], error);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { code: 500, message: "the stand-in failed", status: "INTERNAL" } });
    });
  });
  // Longer than clients keep an idle connection, or a reused one may be reset under a request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  return {
    port: boundPort(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function boundPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** @returns the whole body as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

/** Answers with a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
