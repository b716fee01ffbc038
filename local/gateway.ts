import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { FunctionSpec } from "../terraform/functions.ts";
import type { Instances } from "./instances.ts";
import { answer, close, listen } from "./listen.ts";
import { type Ports, type Region, regions } from "./ports.ts";
import { forward } from "./proxy.ts";
import type { Shop } from "./shops.ts";
import type { Site } from "./site.ts";

type Functions = Readonly<Record<string, FunctionSpec>>;

export type Gateway = {
  /** Puts a tenant's demo page on a port; before that, the port says that the demo is not there yet. */
  openShop(port: number, shop: Shop): void;
  close(): Promise<void>;
};

/**
 * What browsers and programs reach: the static site, each region's API as the load balancer routes it, and the demo shops. The
 * port decides which of them answers, whatever name it was asked by.
 */
export async function startGateway(options: {
  ports: Ports;
  functions: Functions;
  instances: Instances;
  site: Site;
  onError: (error: unknown) => void;
}): Promise<Gateway> {
  const { ports, functions, instances, site, onError } = options;
  const shops = new Map<number, Shop>();
  const serveSite = async (request: IncomingMessage, response: ServerResponse) => site.serve(pathOf(request), response);
  const serveApi = (region: Region) => async (request: IncomingMessage, response: ServerResponse) => {
    const functionName = functionFor(functions, pathOf(request));
    const spec = functionName === undefined ? undefined : functions[functionName];
    if (functionName === undefined || spec === undefined) {
      return answer(response, 404, "text/plain; charset=utf-8", "no function serves this path");
    }
    const target = { functionName, region, path: request.url ?? "/", timeoutMs: spec.timeoutSeconds * 1000 };
    await forward(request, response, instances, target);
  };
  const serveShop = (port: number) => async (request: IncomingMessage, response: ServerResponse) => {
    const shop = shops.get(port);
    if (shop !== undefined) return shop.serve(pathOf(request), response);
    answer(response, 503, "text/plain; charset=utf-8", "this demo shop has no tenant yet");
  };
  const servers: Server[] = await Promise.all([
    listen(ports.app, serveSite, onError),
    ...regions.map((region) => listen(ports.api[region], serveApi(region), onError)),
    ...ports.shops.map((port) => listen(port, serveShop(port), onError)),
  ]);
  return {
    openShop(port, shop) {
      shops.set(port, shop);
    },
    async close() {
      await Promise.all(servers.map(close));
    },
  };
}

/**
 * The function that serves a path: the longest prefix of `functions.json` wins, as in the load balancer's URL map.
 *
 * @returns `undefined` when no prefix matches.
 */
export function functionFor(functions: Functions, path: string): string | undefined {
  let best: { name: string; length: number } | undefined;
  for (const [name, spec] of Object.entries(functions)) {
    if (spec.trigger !== "http") continue;
    for (const prefix of spec.paths) {
      const isUnder = path === prefix || path.startsWith(`${prefix}/`);
      if (isUnder && prefix.length > (best?.length ?? 0)) best = { name, length: prefix.length };
    }
  }
  return best?.name;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0] ?? "/";
}
