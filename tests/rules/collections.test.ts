import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { documentPath, documentRef } from "../../functions/src/inventory/collections.ts";
import { type CollectionName, collections } from "../../functions/src/inventory/inventory.ts";
import { loadRules } from "../../local/emulators.ts";
import { type Claims, type RulesClient, rulesClient } from "../support/rules-client.ts";
import { tenantIdOf, testDeps } from "../support/test-deps.ts";

const deps = testDeps();
const project = deps.config.GOOGLE_CLOUD_PROJECT;
const own = tenantIdOf("bakery");
const neighbor = tenantIdOf("florist");
const until = String(Date.now() + 3_600_000);
const staffOf = (tenant: string): Readonly<Record<string, unknown>> => ({
  lethe: "live",
  tenant,
  role: "owner",
  until,
});

const databaseIds = { data: "data-eu", keys: "keys-eu", directory: "(default)" } as const;

function pathIn(name: CollectionName, tenantId: string): string {
  const { path } = collections.find((entry) => entry.name === name) ?? { path: "" };
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, param = ""]) => [
    param,
    param === "tenantId" ? tenantId : "some1",
  ]);
  return documentPath(name, Object.fromEntries(ids) as never);
}

function client(name: CollectionName, claims: Claims): RulesClient {
  const database = collections.find((entry) => entry.name === name)?.database ?? "data";
  return rulesClient(project, databaseIds[database], claims);
}

beforeAll(async () => {
  await loadRules(process.env.FIRESTORE_EMULATOR_HOST ?? "", project);
  for (const { name, path } of collections) {
    for (const tenantId of [own, neighbor]) {
      const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, param = ""]) => [
        param,
        param === "tenantId" ? tenantId : "some1",
      ]);
      await documentRef(deps.stores, name, Object.fromEntries(ids) as never).set({ seeded: true });
    }
  }
});
afterAll(() => deps.close());

const all = collections.map((entry) => [entry.name, entry.readers.includes("staff-browser")] as const);
const closed = all.filter(([, readable]) => !readable);
const readable = all.filter(([, isReadable]) => isReadable);

describe.each(all)("%s", (name) => {
  const path = pathIn(name, own);
  const collectionPath = path.slice(0, path.lastIndexOf("/"));

  it("is closed to a neighbor's staff", async () => {
    const staff = client(name, staffOf(neighbor));
    expect([await staff.get(path), await staff.list(collectionPath)]).toEqual([403, 403]);
  });

  it("is closed to whoever is not signed in", async () => {
    const nobody = client(name, undefined);
    expect([await nobody.get(path), await nobody.list(collectionPath)]).toEqual([403, 403]);
  });

  it("is closed to an account without our claims", async () => {
    const account = client(name, { email: "somebody@bakery.example", tenant: own });
    expect([await account.get(path), await account.list(collectionPath)]).toEqual([403, 403]);
  });

  it("cannot be asked across tenants", async () => {
    const group = collectionPath.slice(collectionPath.lastIndexOf("/") + 1);
    expect(await client(name, staffOf(own)).listGroup(group)).toBe(403);
  });

  it("takes no write from any browser, also not of its own staff", async () => {
    for (const claims of [staffOf(own), staffOf(neighbor), undefined]) {
      const browser = client(name, claims);
      expect([await browser.create(path), await browser.update(path), await browser.remove(path)]).toEqual([
        403, 403, 403,
      ]);
    }
    const stored = await deps.stores[collections.find((entry) => entry.name === name)?.database ?? "data"]
      .doc(path)
      .get();
    expect(stored.data()).toEqual({ seeded: true });
  });
});

describe.each(closed)("%s", (name) => {
  it("is closed to its own staff too", async () => {
    const staff = client(name, staffOf(own));
    const path = pathIn(name, own);
    expect([await staff.get(path), await staff.list(path.slice(0, path.lastIndexOf("/")))]).toEqual([403, 403]);
  });
});

describe.each(readable)("%s", (name) => {
  const path = pathIn(name, own);

  it("is open to its own staff, one by one and as a list", async () => {
    const staff = client(name, staffOf(own));
    expect([await staff.get(path), await staff.list(path.slice(0, path.lastIndexOf("/")))]).toEqual([200, 200]);
  });

  it.each([
    ["a token of another kind", { lethe: "other" }],
    ["a token whose time is over", { until: String(Date.now() - 1000) }],
    ["a token without an end", { until: undefined }],
    ["a token whose end is no number", { until: "soon" }],
    ["a tenant that only begins alike", { tenant: own.slice(0, -1) }],
    ["a list of tenants", { tenant: [own] }],
  ])("is closed to %s", async (_what, change) => {
    const staff = client(name, { ...staffOf(own), ...change });
    expect(await staff.get(path)).toBe(403);
  });

  it("is open in no other database, whatever lies there", async () => {
    await deps.stores.keys.doc(path).set({ seeded: true });
    expect(await rulesClient(project, "keys-eu", staffOf(own)).get(path)).toBe(403);
    await deps.stores.keys.doc(path).delete();
  });
});
