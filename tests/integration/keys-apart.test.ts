import type { Firestore } from "@google-cloud/firestore";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { dekOf } from "../../functions/src/crypto/keyring.ts";
import { everyDocument } from "../support/search-everywhere.ts";
import { openShop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { createWorld, subjectIdOf, type World } from "../support/world.ts";

/** Envelope version 1, kind 4, 62 bytes: a key that a tenant's key wraps (`functions/src/crypto/README.md`). */
const wrappedKey = /^0104[0-9a-f]{120}$/;

/** Every byte field of a database as hexadecimal text, with the document that holds it. */
async function bytesIn(database: Firestore): Promise<{ path: string; hex: string }[]> {
  const found: { path: string; hex: string }[] = [];
  const look = (path: string, value: unknown): void => {
    if (value instanceof Uint8Array) found.push({ path, hex: Buffer.from(value).toString("hex") });
    else if (typeof value === "object" && value !== null) for (const member of Object.values(value)) look(path, member);
  };
  for await (const { path, data } of everyDocument(database)) look(path, data);
  return found;
}

describe("keys", () => {
  let deps: TestDeps;
  let world: World;
  let data: { path: string; hex: string }[];
  let keys: { path: string; hex: string }[];

  beforeAll(async () => {
    deps = testDeps();
    await openShop(deps, "bakery");
    world = await createWorld(deps);
    await world.addPerson("alice", 2);
    [data, keys] = await Promise.all([bytesIn(deps.stores.data), bytesIn(deps.stores.keys)]);
  });
  afterAll(() => deps.close());

  it("lie wrapped in the keys database", () => {
    const wrapped = keys.filter(({ hex }) => wrappedKey.test(hex));
    expect(wrapped.map(({ path }) => path)).toContain(`tenants/${world.tenantId}/deks/${subjectIdOf("alice")}`);
  });

  it("never lie in the database of what they seal, wrapped or not", async () => {
    expect(data.length).toBeGreaterThan(10);
    expect(data.filter(({ hex }) => wrappedKey.test(hex))).toEqual([]);
    const { bytes } = await dekOf(deps, { tenantId: world.tenantId, subjectId: subjectIdOf("alice") });
    const dek = Buffer.from(bytes).toString("hex");
    expect([...data, ...keys].filter(({ hex }) => hex.includes(dek))).toEqual([]);
  });
});
