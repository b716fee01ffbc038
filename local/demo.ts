import { join } from "node:path";
import { originsOf } from "./environment.ts";
import type { Gateway } from "./gateway.ts";
import type { Ports, Region } from "./ports.ts";
import { type SeededTenant, seed } from "./seed/seed.ts";
import { createShop } from "./shops.ts";

const root = join(import.meta.dirname, "..");

/**
 * Loads the demo tenants and puts their own pages on the demo shops' ports.
 *
 * @param environment - of a function of a region.
 */
export async function loadDemo(
  ports: Ports,
  environment: (region: Region) => Record<string, string>,
  gateway: Gateway,
  tell: (line: string) => void,
): Promise<SeededTenant[]> {
  const origins = originsOf(ports);
  tell("loading the demo tenants...");
  const tenants = await withEnvironment(environment("eu"), () =>
    seed({ environment, api: origins.loopback.api, app: origins.app, demoPages: origins.shops }),
  );
  for (const [at, tenant] of tenants.entries()) {
    const port = ports.shops[at];
    if (port === undefined) continue;
    gateway.openShop(
      port,
      createShop(join(root, "emulator-data", tenant.slug, "demo-page"), {
        loader: `${origins.app}/widget/loader.js`,
        channelKey: tenant.channelKey,
        api: origins.api[tenant.region],
      }),
    );
  }
  return tenants;
}

/** The client libraries find emulators through this process's own environment while the seed runs. */
async function withEnvironment<T>(environment: Record<string, string>, run: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
