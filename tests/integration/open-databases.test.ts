import { afterAll, describe, expect, it } from "@jest/globals";
import { z } from "zod";
import {
  closeDatabases,
  findOpening,
  openDatabases,
  openingLifetimeMs,
  openNewDatabases,
} from "../../functions/src/inventory/open-databases.ts";
import { type RouteTable, route } from "../../functions/src/routes/route.ts";
import { serveTable } from "../support/served.ts";
import { type TestDeps, tenantIdOf, testDeps } from "../support/test-deps.ts";

const opened: TestDeps[] = [];
/** Dependencies that open the pair of these names, as a function does. */
function functionOn(data: string, keys: string, projectId?: string): TestDeps {
  const deps = testDeps({ databases: { data, keys }, ...(projectId === undefined ? {} : { projectId }) });
  opened.push(deps);
  return deps;
}
afterAll(() => Promise.all(opened.map((deps) => deps.close())));

const closed = { code: "database-closed", status: 503, retry: true };

/** What a backup of the data database would bring along. */
async function copyRecord(from: TestDeps, to: TestDeps): Promise<void> {
  const record = (await from.stores.data.doc("platform/opening").get()).data();
  if (record !== undefined) await to.stores.data.doc("platform/opening").set(record);
}

describe("a pair of databases", () => {
  it("is closed before anybody opened it, and opened once it is new and empty", async () => {
    const deps = functionOn("data-eu", "keys-eu");
    await expect(deps.databases.assertOpen()).rejects.toMatchObject(closed);
    await openNewDatabases(deps.stores, deps.clock.now());
    await openNewDatabases(deps.stores, deps.clock.now());
    await expect(deps.databases.assertOpen()).resolves.toBeUndefined();
  });

  it("is not opened as new when it holds a tenant, or the record of another pair", async () => {
    const full = functionOn("data-eu", "keys-eu");
    await full.stores.data.doc(`tenants/${tenantIdOf("bakery")}`).set({ name: "restored" });
    await expect(openNewDatabases(full.stores, full.clock.now())).rejects.toMatchObject(closed);
    const source = functionOn("data-eu", "keys-eu");
    await openNewDatabases(source.stores, source.clock.now());
    const copy = functionOn("data-eu-2", "keys-eu", source.config.GOOGLE_CLOUD_PROJECT);
    await copyRecord(source, copy);
    await expect(openNewDatabases(copy.stores, copy.clock.now())).rejects.toMatchObject(closed);
  });

  it.each([
    ["the data database", "data-eu-2", "keys-eu"],
    ["the keys database", "data-eu", "keys-eu-2"],
    ["both", "data-eu-2", "keys-eu-2"],
  ])("is closed where %s is another than the record names", async (_what, data, keys) => {
    const source = functionOn("data-eu", "keys-eu");
    await openNewDatabases(source.stores, source.clock.now());
    const restored = functionOn(data, keys, source.config.GOOGLE_CLOUD_PROJECT);
    await copyRecord(source, restored);
    await expect(restored.databases.assertOpen()).rejects.toMatchObject(closed);
  });

  it("is asked about once a minute an instance, and each time while it is closed", async () => {
    const deps = functionOn("data-eu", "keys-eu");
    const { stores, clock } = deps;
    let asked = 0;
    const counted = openDatabases(() => {
      asked += 1;
      return stores;
    }, clock);
    await expect(counted.assertOpen()).rejects.toMatchObject(closed);
    await openNewDatabases(stores, clock.now());
    await Promise.all([counted.assertOpen(), counted.assertOpen()]);
    const warm = asked;
    await counted.assertOpen();
    clock.advance(openingLifetimeMs / 1000 - 1);
    await counted.assertOpen();
    expect(asked).toBe(warm);
    expect(await closeDatabases(stores, clock.now())).toBe(true);
    expect(await closeDatabases(stores, clock.now())).toBe(false);
    clock.advance(1);
    await expect(counted.assertOpen()).rejects.toMatchObject(closed);
    await expect(counted.assertOpen()).rejects.toMatchObject(closed);
    expect((await findOpening(stores))?.state).toBe("closed");
  });

  it("serves nothing while it is closed, whatever the route", async () => {
    const deps = functionOn("data-eu", "keys-eu");
    let called = 0;
    const table: RouteTable = {
      "GET /v1/logs/anything": route({
        caller: "public",
        summary: "Reads nothing",
        answer: { 200: z.string() },
        audit: { none: "a test" },
        limit: "public-read",
        handle: async () => {
          called += 1;
          return { status: 200, body: "served" };
        },
      }),
    };
    const served = await serveTable(table, () => deps);
    const refused = await served.call("GET", "/v1/logs/anything");
    expect([refused.status, refused.json]).toMatchObject([503, { code: "database-closed", retry: true }]);
    expect(called).toBe(0);
    await openNewDatabases(deps.stores, deps.clock.now());
    expect((await served.call("GET", "/v1/logs/anything")).status).toBe(200);
    expect(called).toBe(1);
    await served.close();
  });
});
