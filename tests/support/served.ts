import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import type { Deps } from "../../functions/src/platform/deps.ts";
import type { RouteTable } from "../../functions/src/routes/route.ts";
import { serve } from "../../functions/src/routes/serve.ts";

/** A route table behind the framework's own server, as it is deployed. */
export interface Served {
  origin: string;
  /** Sends a request; a body that is an object goes as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface CallOptions {
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

export interface Reply {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  text: string;
  /** Parsed JSON, or undefined. */
  json: unknown;
}

let served = 0;

/** Serves a table on a free port until `close`. */
export async function serveTable(table: RouteTable, deps: () => Deps): Promise<Served> {
  served += 1;
  const name = `table-${served}`;
  http(name, serve(table, deps));
  const server = getTestServer(name);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    call: (method, path, options) => call(origin, method, path, options),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Sends the path as it is written: `fetch` would tidy up `..` and escapes. */
async function call(origin: string, method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const { headers = {}, body } = options;
  const bytes =
    body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers: { ...type, ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString("utf8");
        const list = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string]);
        resolve({ status: answer.statusCode ?? 0, headers: new Headers(list), bytes, text, json: parsed(text) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(bytes);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
