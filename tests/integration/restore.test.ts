import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { KeyCache } from "../../functions/src/crypto/key-cache.ts";
import { revokeApiKey } from "../../functions/src/identity/revoke-api-key.ts";
import { openNewDatabases } from "../../functions/src/inventory/open-databases.ts";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { copyTombstones } from "../../functions/src/restore/copy-tombstones.ts";
import { type RestoreReport, restoreDatabases } from "../../functions/src/restore/restore-databases.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { readHeldItem } from "../../functions/src/subject-requests/holds/read-held-item.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { type FaultyStores, faultyStores } from "../fakes/faulty-stores.ts";
import { type Backup, backupOf, restoreInto } from "../support/backup.ts";
import { findKey } from "../support/find-key.ts";
import { searchEverywhere } from "../support/search-everywhere.ts";
import type { Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { canaryOf, createWorld, settleJobs, staffActor, subjectIdOf } from "../support/world.ts";

const operator = { kind: "operator", id: "op1" } as const;
const nobody = () => undefined;

/** A function's dependencies on the restored pair of these names: the same project, buckets and keys in Cloud KMS. */
function onPair(of: TestDeps, data: string, keys: string): TestDeps {
  const pair = testDeps({ projectId: of.config.GOOGLE_CLOUD_PROJECT, databases: { data, keys } });
  const { clock, kms, buckets, staffAccounts, publisher, mail, model, ids } = of;
  const { stores, databases, close } = pair;
  const shared = { clock, kms, buckets, staffAccounts, publisher, mail, model, ids };
  return { ...pair, ...shared, stores, databases, close, keyCache: new KeyCache(clock) };
}

describe("a restore from before an erasure", () => {
  const opened: TestDeps[] = [];
  let old: TestDeps;
  let desk: Desk;
  let alice: Guest;
  let bob: Guest;
  let carol: Guest;
  let dan: Guest;
  let readKey: string;
  let revokedKey: string;
  let cookie: string;
  let demoted: string;
  let backup: { data: Backup; keys: Backup };

  function pair(data: string, keys: string): TestDeps {
    const made = onPair(old, data, keys);
    opened.push(made);
    return made;
  }

  const restored = async (name: string, withKeys: boolean): Promise<TestDeps> => {
    const deps = pair(`data-eu-${name}`, withKeys ? `keys-eu-${name}` : "keys-eu");
    await restoreInto(deps.stores.data, backup.data);
    if (withKeys) await restoreInto(deps.stores.keys, backup.keys);
    return deps;
  };

  /** Who is let in, and what is read: of one person by staff, of another by themselves, and new visitors. */
  async function ask(api: Served, deps: TestDeps) {
    const leads = await api.call("GET", "/v1/leads", byBearer(readKey));
    const history = (guest: Guest) => api.call("GET", "/v1/widget/history", byBearer(guest.token));
    const begin = await api.call("POST", "/v1/widget/sessions", {
      body: { noticeVersion: 1, noticeAcknowledged: true, consents: {} },
      headers: { "idempotency-key": `${deps.ids.next()}${deps.ids.next()}`, "lethe-channel": desk.account.channelKey },
    });
    return {
      leads,
      statuses: [
        leads.status,
        (await history(alice)).status,
        (await history(bob)).status,
        begin.status,
        (await api.call("GET", "/v1/transparency/sub-processors")).status,
        (await api.call("POST", "/v1/auth/sign-out", byCookie(deps, cookie))).status,
      ],
    };
  }

  beforeAll(async () => {
    old = testDeps({ databases: { data: "data-eu", keys: "keys-eu" } });
    opened.push(old);
    await openNewDatabases(old.stores, old.clock.now());
    const api = await serveAll(old);
    desk = await openDesk(old, api, "bakery");
    [alice, bob, carol, dan] = [
      await welcome(old, api, desk),
      await welcome(old, api, desk),
      await welcome(old, api, desk),
      await welcome(old, api, desk),
    ];
    for (const [guest, name] of [
      [alice, "alice"],
      [bob, "bob"],
    ] as const) {
      await guest.ask(`a question of ${canaryOf(name)}`);
      await guest.leave({ name: canaryOf(name), email: `${name}@people.example`, message: `from ${canaryOf(name)}` });
    }
    const choose = (given: boolean) =>
      api.call("POST", "/v1/widget/consents", {
        ...byBearer(dan.token, { headers: { "idempotency-key": `dan-${String(given)}-0001` } }),
        body: { purpose: "remember", given, noticeVersion: 1 },
      });
    await choose(true);
    readKey = await desk.key(["leads:read"]);
    revokedKey = await desk.key(["leads:read"]);
    const meg = await desk.hire("meg", "admin");
    demoted = await desk.hire("ned", "admin");
    cookie = await desk.signIn("meg");
    await settleJobs(old, desk.tenantId);

    backup = { data: await backupOf(old.stores.data), keys: await backupOf(old.stores.keys) };

    const person = { kind: "person", subjectId: alice.subjectId } as const;
    await requestErasure(old, staffActor, desk.tenantId, person, undefined);
    await settleJobs(old, desk.tenantId);
    old.clock.advance(1);
    await choose(false);
    await restrictSubject(old, staffActor, { tenantId: desk.tenantId, subjectId: carol.subjectId }, "accuracy");
    await revokeApiKey(old, desk.owner, /_key_[a-z0-9]{16}_([a-z0-9]{20})_/.exec(revokedKey)?.[1] ?? "");
    const owner = byCookie(old, await desk.signIn("olive"));
    await api.call("DELETE", `/v1/members/${meg}`, owner);
    await api.call("PUT", `/v1/members/${demoted}`, { ...owner, body: { role: "viewer" } });
    await copyTombstones(old);
    await api.close();
  });
  afterAll(() => Promise.all(opened.map((deps) => deps.close())));

  const stillClosed = [503, 503, 503, 503, 503, 503];

  it("is unreadable and unserved before the replay, and without the person after it, others whole", async () => {
    const deps = await restored("r1", false);
    const api = await serveAll(deps);
    expect((await ask(api, deps)).statuses).toEqual(stillClosed);
    // The ciphertext is back, and no key opens it.
    expect(await findKey(deps, desk.tenantId, alice.subjectId)).toBeUndefined();
    expect((await deps.stores.data.doc(`tenants/${desk.tenantId}/subjects/${alice.subjectId}`).get()).exists).toBe(
      true,
    );

    const report = await restoreDatabases(deps, operator, nobody);
    expect(report).toMatchObject({ data: "data-eu-r1", keys: "keys-eu", alreadyOpen: false, tenants: 1, untold: [] });
    expect(report.deleted).toMatchObject({ subjects: 1, leads: 1, turns: 1, conversations: 1 });
    const after = await ask(api, deps);
    // Alice's token leads nowhere; Bob reads his own; Meg's session is gone with her membership.
    expect(after.statuses).toEqual([200, 410, 200, 201, 200, 401]);
    expect(after.leads.text).toContain(canaryOf("bob"));
    expect(after.leads.text).not.toContain(canaryOf("alice"));
    for (const entry of personalCollections) {
      const path = entry.path.replace("{tenantId}", desk.tenantId).replace("{subjectId}", alice.subjectId);
      if (!path.includes("{")) expect((await deps.stores.data.doc(path).get()).exists).toBe(false);
    }
    expect(await restoreDatabases(deps, operator, nobody)).toMatchObject({ alreadyOpen: true });
    await api.close();
  });

  it("with the keys' backup restored too, serves nothing before the replay, though the key is back, and she is gone after it", async () => {
    const deps = await restored("r2", true);
    const api = await serveAll(deps);
    expect(await findKey(deps, desk.tenantId, alice.subjectId)).toBeDefined();
    expect((await ask(api, deps)).statuses).toEqual(stillClosed);
    await restoreDatabases(deps, operator, nobody);
    const after = await ask(api, deps);
    expect(after.statuses).toEqual([200, 410, 200, 201, 200, 401]);
    expect(after.leads.text).toContain(canaryOf("bob"));
    expect(after.leads.text).not.toContain(canaryOf("alice"));
    expect(await findKey(deps, desk.tenantId, alice.subjectId)).toBeUndefined();
    expect(await findKey(deps, desk.tenantId, bob.subjectId)).toBeDefined();
    expect(await searchEverywhere(deps, [canaryOf("alice"), "alice@people.example"])).toEqual([]);
    await api.close();
  });

  it("sets again what was withdrawn, restricted and revoked since, and tells the tenant once", async () => {
    const deps = await restored("r3", true);
    const api = await serveAll(deps);
    const at = async (path: string) => (await deps.stores.data.doc(`tenants/${desk.tenantId}/${path}`).get()).data();
    expect(await at(`subjects/${carol.subjectId}`)).toMatchObject({ state: "active" });
    expect(await at(`conversations/${dan.conversationId}`)).toMatchObject({ consents: { remember: true } });
    expect(await at(`members/${demoted}`)).toMatchObject({ role: "admin" });
    await restoreDatabases(deps, operator, nobody);
    expect(await at(`subjects/${carol.subjectId}`)).toMatchObject({
      state: "restricted",
      restriction: { grounds: ["accuracy"] },
    });
    expect(await at(`conversations/${dan.conversationId}`)).toMatchObject({ consents: { remember: false } });
    expect(await at(`members/${demoted}`)).toMatchObject({ role: "viewer", state: "active" });
    expect((await api.call("GET", "/v1/leads", byBearer(revokedKey))).status).toBe(401);
    const told = await deps.stores.data
      .collection(`tenants/${desk.tenantId}/auditPending`)
      .where("action", "==", "restore-completed")
      .get();
    expect(told.size).toBe(1);
    await api.close();
  });

  it("stays closed while the bucket cannot be read, lacks what the database knows, or holds what nobody can read", async () => {
    const deps = await restored("r4", true);
    const without = (change: Partial<TestDeps["buckets"]>): TestDeps => ({
      ...deps,
      buckets: { ...deps.buckets, ...change },
    });
    const attempts: [TestDeps, string][] = [
      [without({ list: () => Promise.reject(new Error("403")) }), "403"],
      [without({ read: async () => Buffer.from("not a tombstone") }), "cannot be read"],
    ];
    for (const [broken, message] of attempts) {
      await expect(restoreDatabases(broken, operator, nobody)).rejects.toThrow(message);
      await expect(deps.databases.assertOpen()).rejects.toMatchObject({ code: "database-closed" });
    }
    // A database that knows of a finished erasure, and the bucket of another region.
    const path = `tenants/${desk.tenantId}/tombstones/finished000000000001`;
    await deps.stores.data
      .doc(path)
      .set({ kind: "erasure", state: "done", targets: {}, finishedAt: deps.clock.now(), createdAt: deps.clock.now() });
    await expect(restoreDatabases(deps, operator, nobody)).rejects.toThrow("lacks 1 tombstones");
    await expect(deps.databases.assertOpen()).rejects.toMatchObject({ code: "database-closed" });
    await deps.stores.data.doc(path).delete();
    await restoreDatabases(deps, operator, nobody);
    await expect(deps.databases.assertOpen()).resolves.toBeUndefined();
  });

  it("refuses to open when somebody else lost a record, or a kind of tombstone is not known", async () => {
    const deps = await restored("r5", true);
    const stopping = (line: string) => {
      if (line.startsWith("deleted")) throw new Error("stopped");
    };
    await expect(restoreDatabases(deps, operator, stopping)).rejects.toThrow("stopped");
    // Between the first count and the last one, a record of Bob's goes.
    await deps.stores.data.doc(`tenants/${desk.tenantId}/subjects/${bob.subjectId}`).delete();
    await expect(restoreDatabases(deps, operator, nobody)).rejects.toThrow(/subjects has \d+, not \d+/);
    await expect(deps.databases.assertOpen()).rejects.toMatchObject({ code: "database-closed" });
    const strange = await restored("r6", true);
    const object = JSON.stringify({ kind: "teleportation", tenantId: desk.tenantId, targets: {} });
    await old.buckets.write("tombstones", `${desk.tenantId}/strange.json`, Buffer.from(object), "application/json");
    await expect(restoreDatabases(strange, operator, nobody)).rejects.toThrow("no known kind");
    await expect(strange.databases.assertOpen()).rejects.toMatchObject({ code: "database-closed" });
    await old.buckets.remove("tombstones", `${desk.tenantId}/strange.json`);
  });
});

describe("a restore from before the erasure of a person of whom a hold keeps something", () => {
  const opened: TestDeps[] = [];
  afterAll(() => Promise.all(opened.map((deps) => deps.close())));

  it("seals it under a key of its own before the person's key goes", async () => {
    const old = testDeps({ databases: { data: "data-eu", keys: "keys-eu" } });
    opened.push(old);
    await openNewDatabases(old.stores, old.clock.now());
    const { tenantId, addPerson, settle } = await createWorld(old, "holding");
    await old.stores.data.doc(`tenants/${tenantId}`).set({ name: "World", status: "active" });
    for (const person of ["alice", "bob"]) await addPerson(person, 2);
    const subject = { tenantId, subjectId: subjectIdOf("alice") };
    const leadsIn = async ({ stores }: TestDeps) => {
      const leads = stores.data.collection(`tenants/${tenantId}/leads`).where("subjectId", "==", subject.subjectId);
      return (await leads.get()).docs.map(({ id }) => id);
    };
    const [leadId = ""] = await leadsIn(old);
    const endsAt = new Date(old.clock.now().getTime() + 90 * 86_400_000);
    const items = { conversationIds: [], leadIds: [leadId], basis: "claim 17/2025", endsAt };
    const holdId = await placeHold(old, staffActor, subject, items, "hold-key-1");
    const backup = { data: await backupOf(old.stores.data), keys: await backupOf(old.stores.keys) };
    await requestErasure(old, staffActor, tenantId, { kind: "person", subjectId: subject.subjectId }, undefined);
    await settle();
    await copyTombstones(old);

    const deps = onPair(old, "data-eu-h1", "keys-eu-h1");
    opened.push(deps);
    await restoreInto(deps.stores.data, backup.data);
    await restoreInto(deps.stores.keys, backup.keys);
    await restoreDatabases(deps, operator, nobody);
    expect(await findKey(deps, tenantId, subject.subjectId)).toBeUndefined();
    expect(await leadsIn(deps)).toEqual([leadId]);
    const kept = await readHeldItem(deps, { tenantId, actor: staffActor }, holdId, leadId);
    expect(JSON.stringify(kept)).toContain(canaryOf("alice"));
  });
});

describe("a restore that dies", () => {
  const opened: TestDeps[] = [];
  afterAll(() => Promise.all(opened.map((deps) => deps.close())));

  it("at any of its transactions goes on when it is called again, with counts that agree and one entry", async () => {
    const old = testDeps({ databases: { data: "data-eu", keys: "keys-eu" } });
    opened.push(old);
    await openNewDatabases(old.stores, old.clock.now());
    const world = await createWorld(old);
    await old.stores.data.doc(`tenants/${world.tenantId}`).set({ name: "World", status: "active" });
    for (const person of ["alice", "bob", "carol"]) await world.addPerson(person, 3);
    const backup = { data: await backupOf(old.stores.data), keys: await backupOf(old.stores.keys) };
    for (const person of ["alice", "carol"]) {
      const subject = { tenantId: world.tenantId, subjectId: subjectIdOf(person) };
      if (person === "carol") await restrictSubject(old, staffActor, subject, "claims");
      await requestErasure(
        old,
        staffActor,
        world.tenantId,
        { kind: "person", subjectId: subject.subjectId },
        undefined,
      );
    }
    await world.settle();
    await copyTombstones(old);

    for (let dies = 1; dies <= 8; dies += 1) {
      const deps = onPair(old, `data-eu-d${dies}`, `keys-eu-d${dies}`);
      opened.push(deps);
      await restoreInto(deps.stores.data, backup.data);
      await restoreInto(deps.stores.keys, backup.keys);
      // The bucket fails at the nth call: in the listing, in the middle of the replay's reads, before the switch.
      let calls = 0;
      const mortal: TestDeps = {
        ...deps,
        buckets: {
          ...deps.buckets,
          read: (bucket, path) => {
            calls += 1;
            return calls === dies ? Promise.reject(new Error("died")) : deps.buckets.read(bucket, path);
          },
        },
        stores: dying(deps, dies).stores,
      };
      await restoreDatabases(mortal, operator, nobody).catch(() => undefined);
      const report: RestoreReport = await restoreDatabases(deps, operator, nobody);
      await expect(deps.databases.assertOpen()).resolves.toBeUndefined();
      const left = report.alreadyOpen ? undefined : report.left;
      if (left !== undefined) expect(left).toMatchObject({ subjects: 1, deks: 1, leads: 3 });
      const told = await deps.stores.data
        .collection(`tenants/${world.tenantId}/auditPending`)
        .where("action", "==", "restore-completed")
        .get();
      expect(told.size).toBe(1);
      for (const person of ["alice", "carol"]) {
        expect(await findKey(deps, world.tenantId, subjectIdOf(person))).toBeUndefined();
        expect(
          (await deps.stores.data.doc(`tenants/${world.tenantId}/subjects/${subjectIdOf(person)}`).get()).exists,
        ).toBe(false);
      }
    }
  });
});

describe("a restore that stops halfway", () => {
  const opened: TestDeps[] = [];
  afterAll(() => Promise.all(opened.map((deps) => deps.close())));

  it.each(["setting", "auditing"] as const)(
    "while %s, replays who was erased from the old pair before it is called again",
    async (phase) => {
      const old = testDeps({ databases: { data: "data-eu", keys: "keys-eu" } });
      opened.push(old);
      await openNewDatabases(old.stores, old.clock.now());
      const world = await createWorld(old);
      await old.stores.data.doc(`tenants/${world.tenantId}`).set({ name: "World", status: "active" });
      for (const person of ["alice", "bob"]) await world.addPerson(person, 2);
      const backup = { data: await backupOf(old.stores.data), keys: await backupOf(old.stores.keys) };
      const deps = onPair(old, `data-eu-${phase}`, `keys-eu-${phase}`);
      opened.push(deps);
      await restoreInto(deps.stores.data, backup.data);
      await restoreInto(deps.stores.keys, backup.keys);
      const phaseNow = async () => (await deps.stores.data.doc("platform/restore").get()).get("phase");
      const stopAt = async (line: string) => {
        const stopping = (told: string) => {
          if (told.startsWith(line)) throw new Error("stopped");
        };
        await expect(restoreDatabases(deps, operator, stopping)).rejects.toThrow("stopped");
      };
      await stopAt(phase === "setting" ? "set again" : "told the audit trails");
      expect(await phaseNow()).toBe(phase);

      await requestErasure(
        old,
        staffActor,
        world.tenantId,
        { kind: "person", subjectId: subjectIdOf("alice") },
        undefined,
      );
      await world.settle();
      const report = await restoreDatabases(deps, operator, nobody);
      expect(report).toMatchObject({ alreadyOpen: false, tombstones: 1, left: { subjects: 1, deks: 1 } });
      expect(await findKey(deps, world.tenantId, subjectIdOf("alice"))).toBeUndefined();
      expect(await findKey(deps, world.tenantId, subjectIdOf("bob"))).toBeDefined();
      const told = await deps.stores.data
        .collection(`tenants/${world.tenantId}/auditPending`)
        .where("action", "==", "restore-completed")
        .get();
      expect(told.size).toBe(1);
    },
  );
});

function dying(deps: TestDeps, nth: number): FaultyStores {
  const faulty = faultyStores(deps.stores);
  faulty.failAt(nth, nth % 2 === 0 ? "before" : "after");
  return faulty;
}
