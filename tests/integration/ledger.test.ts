import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { dekOf } from "../../functions/src/crypto/keyring.ts";
import { openField } from "../../functions/src/crypto/sealed-fields.ts";
import { createTenantKeys, listTenantKeys, tenantKeyOfVersion } from "../../functions/src/crypto/tenant-keys.ts";
import { collectionRef, documentPath } from "../../functions/src/inventory/collections.ts";
import { appendEntry, auditContext } from "../../functions/src/ledger/append-entry.ts";
import { findBundle } from "../../functions/src/ledger/bundles.ts";
import { findInclusionProof } from "../../functions/src/ledger/find-inclusion-proof.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { openEntry } from "../../functions/src/ledger/open-entry.ts";
import { pageOfEntries, type StoredEntry } from "../../functions/src/ledger/page-of-entries.ts";
import { ledgerObject } from "../../functions/src/ledger/publish-tiles.ts";
import { readCheckpoint, readLogKeys } from "../../functions/src/ledger/read-log.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import { findLedgerState, listPendingEntries, readLedger } from "../../functions/src/ledger/store.ts";
import { sweepLedgers } from "../../functions/src/ledger/sweep-ledgers.ts";
import { takeNudge } from "../../functions/src/ledger/take-nudge.ts";
import { changedTiles, tilePath } from "../../functions/src/ledger/tile.ts";
import { formatVerifierKey } from "../../functions/src/ledger/verifier-key.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { readReceipt } from "../../functions/src/subject-requests/read-receipt.ts";
import { run as verify } from "../../verify/run.mjs";
import { logFolderOf } from "../support/log-folder.ts";
import { type TestDeps, tenantIdOf, testDeps } from "../support/test-deps.ts";
import { createWorld, staffActor, subjectIdOf } from "../support/world.ts";

/** A clock that goes on by seconds whenever it is read. */
function tick(from: Date, seconds: number): () => Date {
  let reads = 0;
  return () => new Date(from.getTime() + seconds * 1000 * reads++);
}

describe("the log of a tenant", () => {
  let deps: TestDeps;
  const tenantId = tenantIdOf("ledger");
  const leaves: Uint8Array[] = [];

  beforeAll(async () => {
    deps = testDeps();
    await createTenantKeys(deps, tenantId);
  });
  afterAll(() => deps.close());

  const record = async (count: number) => {
    const audit = await auditContext(deps, tenantId);
    for (let done = 0; done < count; done += 100) {
      const batch = await deps.stores.data.runTransaction(async (tx) => {
        await Promise.resolve();
        const made: Uint8Array[] = [];
        for (let entry = done; entry < Math.min(count, done + 100); entry += 1) {
          made.push(
            appendEntry(tx, audit, {
              action: "settings-changed",
              actor: staffActor,
              outcome: "success",
              metadata: { entry },
            }),
          );
        }
        return made;
      });
      leaves.push(...batch);
      deps.clock.advance(1);
    }
  };
  const later = () => new Date(deps.clock.now().getTime() + 60_000);
  const size = async () => (await findLedgerState(deps.stores, tenantId))?.size ?? 0;
  const waiting = async () => (await listPendingEntries(deps.stores, tenantId, 1)).length;
  const vkey = async () =>
    formatVerifierKey(await logKey(deps, (await findLedgerState(deps.stores, tenantId))?.origin ?? ""));
  const folder = () => logFolderOf(deps, tenantId);

  it("integrates every waiting entry once, in bundles of 256, with two sequencers at work", async () => {
    await record(600);
    await Promise.all([sequence(deps, tenantId, "one", later()), sequence(deps, tenantId, "two", later())]);
    deps.clock.advance(30);
    await sequence(deps, tenantId, "one", later());
    expect(await size()).toBe(600);
    const bundles = await Promise.all([0, 1, 2].map((number) => findBundle(deps.stores, tenantId, number)));
    expect(bundles.map((bundle) => bundle?.leaves.length)).toEqual([256, 256, 88]);
    expect(new Set(bundles.flatMap((bundle) => bundle?.entryIds ?? [])).size).toBe(600);
  });

  it("grows a partial bundle, and verifies offline as a folder", async () => {
    await record(3);
    deps.clock.advance(30);
    await sequence(deps, tenantId, "one", later());
    expect(await size()).toBe(603);
    expect(await verify([await folder(), "--key", await vkey()])).toMatchObject({ exitCode: 0 });
  });

  it("proves any of its entries to whoever has the leaf", async () => {
    const root = await mkdtemp(join(tmpdir(), "lethe-leaf-"));
    for (const index of [0, 255, 256, 602]) {
      const leaf = leaves[index] ?? new Uint8Array();
      const proof = await findInclusionProof(deps, tenantId, leaf);
      await writeFile(join(root, "leaf"), leaf);
      await writeFile(join(root, "leaf.tlog-proof"), proof ?? "");
      expect(await verify([join(root, "leaf.tlog-proof"), "--key", await vkey()])).toMatchObject({ exitCode: 0 });
    }
  });

  it("lets nothing happen unaudited while keys cannot be used, and loses nothing", async () => {
    await record(2);
    deps.kms.disable();
    deps.keyCache.forget("");
    await expect(auditContext(deps, tenantId)).rejects.toMatchObject({ code: "key-unavailable" });
    await expect(sequence(deps, tenantId, "one", later())).rejects.toMatchObject({ code: "key-unavailable" });
    deps.kms.enable();
    deps.clock.advance(30);
    await sequence(deps, tenantId, "one", later());
    expect(await size()).toBe(605);
  });

  it("sweeps up entries that nobody nudged for, and tiles that a stopped sequencer left out", async () => {
    await record(1);
    deps.buckets.failNext("before");
    deps.clock.advance(30);
    await expect(sequence(deps, tenantId, "one", later())).rejects.toMatchObject({ code: "store-unavailable" });
    expect((await findLedgerState(deps.stores, tenantId))?.isUnpublished).toBe(true);
    const before = deps.publisher.published.length;
    await sweepLedgers(deps);
    expect(deps.publisher.published.slice(before).map(({ payload }) => payload.tenantId)).toEqual([tenantId]);
    deps.clock.advance(30);
    await sequence(deps, tenantId, "one", later());
    expect((await findLedgerState(deps.stores, tenantId))?.isUnpublished).toBe(false);
    expect(await verify([await folder(), "--key", await vkey()])).toMatchObject({ exitCode: 0 });
  });

  it("shows no size without its tiles, and proves earlier entries, while it grows", async () => {
    const shown = new Set<string>();
    const missing: string[] = [];
    let proofs = 0;
    let further = 5;
    const look = async () => {
      const published = (await findLedgerState(deps.stores, tenantId))?.published ?? { size: 0, checkpoint: "" };
      expect(await readCheckpoint(deps, tenantId)).toBe(published.checkpoint);
      shown.add(String(published.size));
      for (const tile of changedTiles(0, published.size)) {
        const bytes = deps.buckets.objects.get(`ledger/${ledgerObject(tenantId, tilePath(tile))}`)?.bytes;
        if (bytes?.length !== tile.width * 32) missing.push(`${published.size}: ${tilePath(tile)}`);
      }
      if ((await findInclusionProof(deps, tenantId, leaves[3] ?? new Uint8Array())) !== undefined) proofs += 1;
      if (further > 0) await record(further);
      further = 0;
    };
    let looks = 0;
    const watched = {
      ...deps,
      buckets: {
        ...deps.buckets,
        write: async (...given: Parameters<typeof deps.buckets.write>) => {
          await look();
          looks += 1;
          await deps.buckets.write(...given);
        },
      },
    };
    await record(100);
    const before = await size();
    await sequence(watched, tenantId, "one", later());
    await look();
    expect(missing).toEqual([]);
    expect(proofs).toBe(looks + 1);
    expect([...shown]).toEqual([before, before + 100, before + 105].map(String));
  });

  it("frees the log at the end of a run, and sends away who comes in the midst of one", async () => {
    await record(1);
    await takeNudge(deps, tenantId, "one");
    await record(1);
    await takeNudge(deps, tenantId, "two");
    expect(await waiting()).toBe(0);
    await record(1);
    deps.buckets.failNext("before");
    await expect(takeNudge(deps, tenantId, "one")).rejects.toMatchObject({ code: "store-unavailable" });
    await record(1);
    await expect(takeNudge(deps, tenantId, "two")).rejects.toMatchObject({ code: "ledger-held", retry: true });
    await takeNudge(deps, tenantId, "one");
    expect(await waiting()).toBe(0);
  });

  it("holds the log by Firestore's clock: an instance that is ahead keeps the others out for seconds only", async () => {
    const ahead = { ...deps, clock: { now: () => new Date("2035-01-15T12:00:00Z") } };
    await record(1);
    deps.buckets.failNext("before");
    await expect(sequence(ahead, tenantId, "ahead", later())).rejects.toMatchObject({ code: "store-unavailable" });
    const { state, readAt } = await readLedger(deps.stores, tenantId);
    expect((state?.lease.expiresAt.getTime() ?? 0) - readAt.getTime()).toBeLessThanOrEqual(10_000);
    await sequence(deps, tenantId, "ahead", later());
  });

  it("asks for another run when time is up and entries are left", async () => {
    await record(600);
    const before = deps.publisher.published.length;
    const late = { ...deps, clock: { now: tick(deps.clock.now(), 90) } };
    await takeNudge(late, tenantId, "one");
    expect(deps.publisher.published.slice(before)).toMatchObject([{ topic: "ledger-nudges", payload: { tenantId } }]);
    await takeNudge(deps, tenantId, "one");
    expect(await waiting()).toBe(0);
  });

  it("takes a full bundle of the largest entries, and no entry that is larger", async () => {
    const audit = await auditContext(deps, tenantId);
    const entry = (reason: string) =>
      deps.stores.data.runTransaction(async (tx) => {
        await Promise.resolve();
        appendEntry(tx, audit, { action: "settings-changed", actor: staffActor, outcome: "success", reason });
      });
    // As long as the console takes them, in a script of three bytes a character.
    await Promise.all(Array.from({ length: 512 }, () => entry("\u6f22".repeat(500))));
    await expect(entry("\u0001".repeat(500))).rejects.toMatchObject({ code: "input-too-large" });
    await takeNudge(deps, tenantId, "one");
    expect(await waiting()).toBe(0);
  });

  it("signs with the newest version of its key, and names the earlier ones with the time in which they signed", async () => {
    const [first] = deps.signingKeys;
    await deps.kms.rotate((first?.name ?? "").split("/cryptoKeyVersions/")[0] ?? "");
    const name = (first?.name ?? "").replace(/1$/, "2");
    const from = new Date("2025-02-01T00:00:00Z");
    const renewed = { ...deps, signingKeyName: name, signingKeys: [{ name, from }, ...deps.signingKeys] };
    const oldKey = await vkey();
    await record(1);
    await sequence(renewed, tenantId, "one", later());
    const { keys } = await readLogKeys(renewed, tenantId);
    expect(keys).toEqual([
      { verifierKey: expect.not.stringMatching(oldKey), from },
      { verifierKey: oldKey, until: from },
    ]);
    const root = await folder();
    expect(await verify([root, "--key", keys[0]?.verifierKey ?? ""])).toMatchObject({ exitCode: 0 });
    expect(await verify([root, "--key", oldKey])).toMatchObject({ exitCode: 1 });
  });
});

/** The entry of a leaf in the log, as its bundle keeps it. */
async function storedEntry(deps: TestDeps, tenantId: string, leaf: Uint8Array): Promise<StoredEntry> {
  const { entries } = await pageOfEntries(deps.stores, tenantId, {}, { limit: 1_000 });
  const entry = entries.find((candidate) => Buffer.from(candidate.leaf).equals(leaf));
  if (entry?.index === undefined) throw new Error("the entry is not in the log");
  return entry;
}

/** The entry, opened with every key that there still is. */
async function entryOf(deps: TestDeps, tenantId: string, leaf: Uint8Array) {
  const { auditKey } = await auditContext(deps, tenantId);
  const dek = await dekOf(deps, { tenantId, subjectId: subjectIdOf("alice") }).catch(() => undefined);
  return openEntry(tenantId, await storedEntry(deps, tenantId, leaf), { auditKey, dek });
}

/** Tries every key of the tenant on the person's openings, which are still in the bundle. */
async function expectUnopenable(deps: TestDeps, tenantId: string, leaf: Uint8Array): Promise<void> {
  const { id: entryId, openings } = await storedEntry(deps, tenantId, leaf);
  const path = documentPath("auditPending", { tenantId, entryId });
  expect(openings.person).toBeDefined();
  for (const { purpose, version } of await listTenantKeys(deps, tenantId)) {
    const { bytes } = await tenantKeyOfVersion(deps, tenantId, purpose, version);
    expect(() => openField({ kind: "tenant", bytes }, path, "openings.person", openings.person ?? leaf)).toThrow();
    expect(() => openField({ kind: "dek", bytes }, path, "openings.person", openings.person ?? leaf)).toThrow();
  }
  const wrapped = await collectionRef(deps.stores, "deks", { tenantId }).get();
  expect(wrapped.docs.map(({ id }) => id)).not.toContain(subjectIdOf("alice"));
}

describe("an erased person in the log", () => {
  it("keeps every earlier proof, opens no commitment any more, and has a receipt that verifies offline", async () => {
    const deps = testDeps();
    const world = await createWorld(deps);
    await world.addPerson("alice");
    const audit = await auditContext(deps, world.tenantId, subjectIdOf("alice"));
    const leaf = await deps.stores.data.runTransaction(async (tx) => {
      await Promise.resolve();
      return appendEntry(tx, audit, {
        action: "subject-read",
        actor: staffActor,
        personalTargets: [{ kind: "subject", id: subjectIdOf("alice") }],
        outcome: "success",
      });
    });
    await sequence(deps, world.tenantId, "test", new Date(deps.clock.now().getTime() + 60_000));
    const root = await mkdtemp(join(tmpdir(), "lethe-receipt-"));
    await writeFile(join(root, "leaf"), leaf);
    await writeFile(join(root, "leaf.tlog-proof"), (await findInclusionProof(deps, world.tenantId, leaf)) ?? "");
    const target = async () => (await entryOf(deps, world.tenantId, leaf)).targets[0];
    expect(await target()).toEqual({ kind: "subject", id: subjectIdOf("alice") });

    const scope = { kind: "person", subjectId: subjectIdOf("alice") } as const;
    const { jobId } = await requestErasure(deps, staffActor, world.tenantId, scope, "asked");
    await world.settle();
    await sequence(deps, world.tenantId, "test", new Date(deps.clock.now().getTime() + 60_000));
    const state = await findLedgerState(deps.stores, world.tenantId);
    const key = formatVerifierKey(await logKey(deps, state?.origin ?? ""));
    expect(await verify([join(root, "leaf.tlog-proof"), "--key", key])).toMatchObject({ exitCode: 0 });
    expect(Buffer.from(leaf).toString("utf8")).not.toContain(subjectIdOf("alice"));
    expect(await target()).toEqual({ kind: "subject" });
    await expectUnopenable(deps, world.tenantId, leaf);
    await writeFile(join(root, "receipt.json"), JSON.stringify(await readReceipt(deps, world.tenantId, jobId)));
    expect(await verify([join(root, "receipt.json"), "--key", key])).toMatchObject({ exitCode: 0 });
    await deps.close();
  });
});
