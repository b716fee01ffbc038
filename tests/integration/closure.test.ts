import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cancelClosure } from "../../functions/src/closure/cancel-closure.ts";
import { findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { requestClosure } from "../../functions/src/closure/request-closure.ts";
import { sweepClosures } from "../../functions/src/closure/sweep-closures.ts";
import { signIn } from "../../functions/src/identity/sign-in.ts";
import { countEveryRecord, tenantCollections } from "../../functions/src/inventory/tenant-records.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { readCheckpoint, readLogKeys, readPublicTile } from "../../functions/src/ledger/read-log.ts";
import { formatVerifierKey } from "../../functions/src/ledger/verifier-key.ts";
import { replayTombstones } from "../../functions/src/subject-requests/replay-tombstones.ts";
import { deliver, openFullShop, ownerPassword, settleClosure } from "../support/closing-shop.ts";
import { everyDocument, searchEverywhere } from "../support/search-everywhere.ts";
import type { Shop } from "../support/shop.ts";
import { openShop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { makeDesk } from "../support/verify-desk.ts";

const dayMs = 86_400_000;
const proofOf = (name: string) => ({ confirmation: `${name} & Co`, password: ownerPassword });

/** Every document and object of a tenant, with what is in it. */
async function contentsOf(deps: TestDeps, tenantId: string): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const database of [deps.stores.data, deps.stores.keys, deps.stores.directory]) {
    for await (const { path, data } of everyDocument(database)) {
      const text = JSON.stringify(data ?? null);
      if (path.includes(tenantId) || text.includes(tenantId)) contents.set(`${database.databaseId}/${path}`, text);
    }
  }
  for (const [path, { bytes }] of deps.buckets.objects)
    if (path.includes(tenantId)) contents.set(path, Buffer.from(bytes).toString("base64"));
  return contents;
}

describe("the deletion of an account", () => {
  let deps: TestDeps;
  let leaving: Shop;
  let staying: Shop;
  let before: Map<string, string>;
  let stock: Record<string, number>;

  beforeAll(async () => {
    deps = testDeps();
    leaving = await openFullShop(deps, "leaving", 3);
    staying = await openFullShop(deps, "staying", 3);
    // Somebody who was a member here and is one there by now, with the same account.
    const { tenantId } = leaving;
    const removed = { email: "owner@staying.example", name: "Ada", role: "viewer", state: "removed" };
    await deps.stores.data
      .doc(`tenants/${tenantId}/members/${staying.staff.actor.id}`)
      .set({ ...removed, createdAt: deps.clock.now() });
    await deps.stores.data.doc(`tenants/${tenantId}`).update({ stripeCustomerId: "cus_leaving" });
    before = await contentsOf(deps, staying.tenantId);
    await requestClosure(deps, leaving.staff, proofOf("leaving"));
  });
  afterAll(() => deps.close());

  it("reminds every owner at 30, 7 and 1 days, each once, however often the sweep comes", async () => {
    const letters = () => deps.mail.letters.map(({ to, subject }) => `${to}: ${subject}`);
    await Promise.all([sweepClosures(deps), sweepClosures(deps)]);
    await sweepClosures(deps);
    const first = "owner@leaving.example: Your Lethe account is deleted in 30 days";
    expect(letters()).toEqual([first]);
    deps.clock.advance((22 * dayMs) / 1000);
    await sweepClosures(deps);
    expect(letters()).toEqual([first]);
    deps.clock.advance((1 * dayMs) / 1000);
    await sweepClosures(deps);
    deps.clock.advance((6 * dayMs) / 1000);
    await Promise.all([sweepClosures(deps), sweepClosures(deps)]);
    expect(letters().slice(1)).toEqual([
      "owner@leaving.example: Your Lethe account is deleted in 7 days",
      "owner@leaving.example: Your Lethe account is deleted in 1 day",
    ]);
    expect(deps.mail.letters[0]?.textBody).toContain("2025-02-14");
    expect(deps.mail.letters[0]?.textBody).not.toContain("<");
  });

  it("begins nothing before its time", async () => {
    expect(await findClosedAccount(deps.stores, leaving.tenantId)).toBeUndefined();
    deps.clock.set(new Date("2025-02-14T11:59:59Z"));
    await sweepClosures(deps);
    expect(await findClosedAccount(deps.stores, leaving.tenantId)).toBeUndefined();
  });

  it("begins with the hourly sweep after the grace, and is done before day 30 ends", async () => {
    const { tenantId } = leaving;
    const counts = tenantCollections.map(async (entry) => [
      entry.name,
      await countEveryRecord(deps.stores, entry, tenantId),
    ]);
    stock = Object.fromEntries(await Promise.all(counts)) as Record<string, number>;
    deps.clock.set(new Date("2025-02-14T13:05:00Z"));
    await Promise.all([sweepClosures(deps), sweepClosures(deps)]);
    await expect(cancelClosure(deps, leaving.staff)).rejects.toMatchObject({ code: "job-not-cancellable" });
    await settleClosure(deps, tenantId);
    const account = await findClosedAccount(deps.stores, tenantId);
    expect(account?.state).toBe("done");
    expect(account?.finishedAt?.getTime()).toBeLessThan(Date.parse("2025-02-14T14:00:00Z"));
  });

  it("leaves nothing of the account but its record, its tombstone and the hashes of its log", async () => {
    const { tenantId } = leaving;
    const left = await searchEverywhere(deps, [tenantId, "owner@leaving.example", "leaving & Co"]);
    const kept = left.filter((place) => !place.startsWith("topic "));
    const shapes = new Set(
      kept.map((place) => place.replace(/(tile\/).*/, "$1...").replace(/[a-z0-9]+\.json$/, "ID.json")),
    );
    expect([...shapes].sort()).toEqual([
      `closures/${tenantId}`,
      `ledger/${tenantId}/tile/...`,
      `tombstones/${tenantId}/ID.json`,
    ]);
    expect(await findClosedAccount(deps.stores, tenantId)).toMatchObject({ people: null });
  });

  it("leaves the other account wholly as it was", async () => {
    expect(Object.fromEntries(await contentsOf(deps, staying.tenantId))).toEqual(Object.fromEntries(before));
    expect(before.size).toBeGreaterThan(50);
    expect((await signIn(deps, "owner@staying.example", ownerPassword)).tenantId).toBe(staying.tenantId);
  });

  it("takes the accounts of its staff, and those of nobody who works elsewhere", async () => {
    expect([...deps.staffAccounts.accounts.values()].map(({ email }) => email)).toEqual(["owner@staying.example"]);
    await expect(signIn(deps, "owner@leaving.example", ownerPassword)).rejects.toMatchObject({
      code: "sign-in-refused",
    });
    expect(deps.billing.deleted).toEqual(["cus_leaving"]);
    expect(deps.mail.removals).toEqual(["owner@leaving.example"]);
  });

  describe("its certificate", () => {
    let file: Buffer;
    let statement: Record<string, never> & {
      stores: { name: string; count: number }[];
      hashes: { name: string; until: string }[];
      recipients: { name: string; outcome: string }[];
      exceptions: { name: string; until: string }[];
    };
    let key: string;
    beforeAll(async () => {
      const letter = deps.mail.letters.at(-1);
      file = Buffer.from(letter?.attachments?.[0]?.content ?? []);
      const { envelope } = JSON.parse(file.toString("utf8")) as { envelope: { payload: string } };
      statement = JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8")) as typeof statement;
      const account = await findClosedAccount(deps.stores, leaving.tenantId);
      key = formatVerifierKey(await logKey(deps, account?.log?.origin ?? ""));
    });

    it("is mailed to the owners, says what was there and what stays until when, and names no person", () => {
      expect(deps.mail.letters.at(-1)).toMatchObject({
        to: "owner@leaving.example",
        subject: "Your Lethe account has been deleted",
        attachments: [{ name: "closure-certificate.json" }],
      });
      const counted = Object.fromEntries(statement.stores.map(({ name, count }) => [name, count]));
      for (const name of ["turns", "leads", "deks", "knowledge", "identifiers", "evidence"])
        expect([name, counted[name]]).toEqual([name, stock[name]]);
      expect(counted.turns).toBeGreaterThan(0);
      expect(counted.knowledgeFiles).toBe(2);
      expect(statement.hashes.map(({ name }) => name).sort()).toEqual(["closures", "ledgerFiles", "tombstoneFiles"]);
      expect(statement.recipients).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: "stripeBilling", outcome: "deleted", on: "2035-02-12T13:07:10.000Z" }),
          expect.objectContaining({ name: "postmarkMail", outcome: "requested" }),
          expect.objectContaining({ name: "firebaseAuth", outcome: "deleted" }),
          expect.objectContaining({ name: "vertexAi", outcome: "expires-on" }),
        ]),
      );
      expect(statement.exceptions.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["dataBackups", "keyBackups", "knowledgeFiles", "stripeBilling", "firebaseAuth"]),
      );
      expect(statement.exceptions).toContainEqual({
        name: "stripeBilling",
        reason: "Tax records",
        until: "2035-02-12T13:07:10.000Z",
      });
      expect(statement).toMatchObject({
        tenantId: leaving.tenantId,
        unreadableBy: "2025-02-21T13:07:10.000Z",
        residue: { found: 0 },
      });
      expect(JSON.stringify(statement)).not.toMatch(/leaving\.example|leaving & Co|Ada/);
    });

    it("is proven by verify, and refused with any byte of it changed", async () => {
      const desk = makeDesk();
      try {
        const path = desk.put("closure-certificate.json", file);
        const proven = await desk.verify(path, "--key", key);
        expect(proven).toMatchObject({ exitCode: 0 });
        expect(proven.text).toContain("closure-certificate.json: closure certificate, entry");
        expect(proven.text).toContain(`tenantId: ${leaving.tenantId}`);
        for (let at = 3; at < file.length - 2; at += 37) {
          const changed = Buffer.from(file);
          changed[at] = (changed[at] ?? 0) ^ 1;
          const { exitCode, text } = await desk.verify(desk.put("changed.json", changed), "--key", key);
          expect([at, exitCode === 1 || isSpace(file[at]), text !== ""]).toEqual([at, true, true]);
        }
      } finally {
        desk.clear();
      }
    });

    it("is the last entry of a log whose head and tiles anybody can still fetch", async () => {
      const { tenantId } = leaving;
      const size = Number((await readCheckpoint(deps, tenantId)).split("\n")[1]);
      const account = await findClosedAccount(deps.stores, tenantId);
      expect(account?.log?.size).toBe(size);
      expect((await readPublicTile(deps, tenantId, `tile/0/000.p/${size}`)).length).toBe(32 * size);
      expect((await readLogKeys(deps, tenantId)).keys[0]?.verifierKey).toBe(key);
    });
  });

  it("is not undone by opening an account of the same id", async () => {
    await expect(openShop(deps, "leaving")).rejects.toMatchObject({ code: "tenant-closed" });
    expect(deps.staffAccounts.accounts.size).toBe(1);
  });

  it("lets late entries open no second log", async () => {
    const { tenantId } = leaving;
    const pending = deps.stores.data.doc(`tenants/${tenantId}/auditPending/late`);
    await pending.set({ leaf: Buffer.from("{}"), action: "signed-in", occurredAt: deps.clock.now(), openings: {} });
    await deps.publisher.publish("ledger-nudges", { tenantId });
    await deliver(deps);
    expect((await deps.stores.data.doc(`tenants/${tenantId}/ledger/state`).get()).exists).toBe(false);
    await pending.delete();
  });

  it("is replayed after a restore, and lets go of tombstones and hashes when their time is over", async () => {
    const { tenantId } = leaving;
    await deps.stores.data.doc(`tenants/${tenantId}`).set({ name: "leaving & Co", status: "active" });
    await deps.stores.data.doc(`tenants/${tenantId}/leads/l1`).set({ subjectId: "s" });
    await deps.stores.keys.doc(`tenants/${tenantId}`).set({ keys: [] });
    await deps.stores.data.doc(`closures/${tenantId}`).delete();
    expect((await replayTombstones(deps, tenantId)).records).toBe(3);
    expect((await findClosedAccount(deps.stores, tenantId))?.state).toBe("done");
    expect((await replayTombstones(deps, tenantId)).records).toBe(0);
    await expect(openShop(deps, "leaving")).rejects.toMatchObject({ code: "tenant-closed" });

    deps.clock.advance((59 * dayMs) / 1000);
    await sweepClosures(deps);
    expect(await deps.buckets.list("tombstones", tenantId)).not.toEqual([]);
    deps.clock.advance((2 * dayMs) / 1000);
    await sweepClosures(deps);
    expect(await deps.buckets.list("tombstones", tenantId)).toEqual([]);
    expect(await deps.buckets.list("ledger", tenantId)).not.toEqual([]);
    deps.clock.advance((670 * dayMs) / 1000);
    await sweepClosures(deps);
    expect(await deps.buckets.list("ledger", tenantId)).toEqual([]);
    expect(await findClosedAccount(deps.stores, tenantId)).toMatchObject({ state: "done", log: null });
    await expect(readCheckpoint(deps, tenantId)).rejects.toMatchObject({ code: "not-found" });
  });
});

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a;
}
