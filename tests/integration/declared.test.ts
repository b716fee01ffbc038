import { afterAll, expect, it } from "@jest/globals";
import { undeclaredCollections } from "../support/check-declared.ts";
import { tenantIdOf, testDeps } from "../support/test-deps.ts";
import { watchFirestore } from "../support/watch-firestore.ts";

const watch = watchFirestore();
const deps = testDeps();
const tenant = `tenants/${tenantIdOf("bakery")}`;

afterAll(() => deps.close());

it("a collection that is written and not declared is found, in every database and at every depth", async () => {
  const { data, keys, directory } = deps.stores;
  await data.doc(`${tenant}/jobs/j1`).set({ fine: true });
  await data.doc(`${tenant}/conversations/c1/turns/t1`).set({ fine: true });
  await keys.doc(`${tenant}/deks/s1`).set({ fine: true });
  await directory.doc("memberships/u1").set({ fine: true });
  expect(await undeclaredCollections(deps.stores)).toEqual([]);
  expect(watch.faults()).toEqual([]);

  await data.doc(`${tenant}/diaries/d1`).set({ of: "somebody" });
  await data.doc(`${tenant}/conversations/c1/drafts/d1`).set({ of: "somebody" });
  // Declared, but of the other database.
  await keys.doc(`${tenant}/jobs/j1`).create({ of: "somebody" });
  await directory.batch().set(directory.doc("people/p1"), { of: "somebody" }).commit();
  expect((await undeclaredCollections(deps.stores)).sort()).toEqual([
    `data: ${tenant}/conversations/c1/drafts`,
    `data: ${tenant}/diaries`,
    "directory: people",
    `keys: ${tenant}/jobs`,
  ]);
  expect(watch.faults()).toHaveLength(4);
});

it("a query that production has no index for is found, though the emulator answers it", async () => {
  const sessions = deps.stores.data.collection(`${tenant}/sessions`);
  const before = watch.faults();
  await sessions.where("uid", "==", "u1").where("expiresAt", ">", new Date()).orderBy("expiresAt").get();
  await sessions.where("uid", "==", "u1").where("role", "==", "owner").get();
  await sessions.where("uid", "==", "u1").count().get();
  expect(watch.faults()).toEqual(before);
  await sessions.where("uid", "==", "u1").orderBy("createdAt", "desc").get();
  await sessions.where("role", "==", "owner").where("createdAt", "<", new Date()).count().get();
  await deps.stores.data.runTransaction((tx) => tx.get(sessions.where("role", "in", ["owner"]).orderBy("uid")));
  expect(watch.faults().slice(before.length)).toEqual([
    expect.stringContaining('"ordered":["-createdAt"]'),
    expect.stringContaining('"ordered":["createdAt"]'),
    expect.stringContaining('"ordered":["uid"]'),
  ]);
});
