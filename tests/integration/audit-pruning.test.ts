import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { appendEntry, auditContext } from "../../functions/src/ledger/append-entry.ts";
import { findBundle } from "../../functions/src/ledger/bundles.ts";
import { findInclusionProof } from "../../functions/src/ledger/find-inclusion-proof.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { describeLog, pruneLog } from "../../functions/src/ledger/prune-log.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import { findLedgerState } from "../../functions/src/ledger/store.ts";
import { formatVerifierKey } from "../../functions/src/ledger/verifier-key.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { previewRetention } from "../../functions/src/retention/preview-retention.ts";
import { retentionJob } from "../../functions/src/retention/retention-job.ts";
import { startRetention } from "../../functions/src/retention/sweep-retention.ts";
import { readAuditTrail } from "../../functions/src/tenants/read-audit-trail.ts";
import { run as verify } from "../../verify/run.mjs";
import { leavesOf } from "../support/audit-log.ts";
import { logFolderOf } from "../support/log-folder.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

const day = 86_400;

describe("the pruning of a tenant's log", () => {
  let deps: TestDeps;
  let shop: Shop;
  let neighbor: Shop;
  let oldProof: string;
  let oldCheckpoint: string;
  const leaves: Uint8Array[] = [];

  const integrate = (tenantId: string) =>
    sequence(deps, tenantId, "test", new Date(deps.clock.now().getTime() + 60_000));
  const record = async ({ tenantId, staff }: Shop, count: number) => {
    const audit = await auditContext(deps, tenantId);
    for (let done = 0; done < count; done += 100)
      await deps.stores.data.runTransaction(async (tx) => {
        await Promise.resolve();
        for (let entry = done; entry < done + 100; entry += 1)
          leaves.push(appendEntry(tx, audit, { action: "settings-changed", actor: staff.actor, outcome: "success" }));
      });
    await integrate(tenantId);
  };
  const purge = async (by: Deps = deps) => {
    const id = await startRetention(deps, shop.tenantId, deps.clock.now());
    await deps.publisher.drain({
      "retention-steps": (payload, delivery) => runJob(by, retentionJob, stepMessage.parse(payload), delivery),
    });
    const job = await findJob(deps.stores, shop.tenantId, id);
    expect({ state: job?.state, failure: job?.failure }).toEqual({ state: "done", failure: undefined });
    return job?.counts;
  };
  const bundlesOf = async ({ tenantId }: Shop, count: number) =>
    (await Promise.all(Array.from({ length: count }, (_, number) => findBundle(deps.stores, tenantId, number)))).map(
      (bundle) => bundle?.leaves.length ?? 0,
    );
  const verifierKey = async () =>
    formatVerifierKey(await logKey(deps, (await findLedgerState(deps.stores, shop.tenantId))?.origin ?? ""));
  /** Checks a proof with the tool for auditors, which shares no code with what made it. */
  const check = async (leaf: Uint8Array, proof: string) => {
    const root = await mkdtemp(join(tmpdir(), "lethe-leaf-"));
    await writeFile(join(root, "leaf"), leaf);
    await writeFile(join(root, "leaf.tlog-proof"), proof);
    return verify([join(root, "leaf.tlog-proof"), "--key", await verifierKey()]);
  };
  const folder = () => logFolderOf(deps, shop.tenantId);

  beforeAll(async () => {
    deps = testDeps();
    shop = await openShop(deps, "pruner");
    neighbor = await openShop(deps, "keeper");
    await record(neighbor, 300);
    leaves.length = 0;
    await record(shop, 300);
    oldProof = (await findInclusionProof(deps, shop.tenantId, leaves[5] ?? new Uint8Array())) ?? "";
    oldCheckpoint = (await findLedgerState(deps.stores, shop.tenantId))?.checkpoint ?? "";
    deps.clock.advance(100 * day);
    await record(shop, 300);
  });
  afterAll(() => deps.close());

  it("takes nothing before its time, nor for a clock that runs ahead of the database's", async () => {
    deps.clock.advance(629 * day);
    await purge();
    const truth = deps.clock.now();
    const ahead: Deps = {
      ...deps,
      stores: deps.stores,
      clock: { now: () => new Date(truth.getTime() + 10 * day * 1000), fromServer: () => truth },
    };
    deps.clock.advance(day / 2);
    await purge(ahead);
    expect(await bundlesOf(shop, 2)).toEqual([256, 256]);
    expect(await describeLog(deps, shop.tenantId)).not.toHaveProperty("pruned");
  });

  it("takes whole bundles whose every entry is past its period, counted beforehand, and says so in the log", async () => {
    deps.clock.advance(2 * day);
    const preview = await previewRetention(deps, shop.tenantId, "audit-log", 730);
    expect(preview).toContainEqual({ collection: "auditBundles", count: 256 });
    expect(await purge()).toMatchObject({ auditBundles: 256 });
    expect(await bundlesOf(shop, 2)).toEqual([0, 256]);
    expect(await bundlesOf(neighbor, 1)).toEqual([256]);
    const pruned = (await leavesOf(deps, shop.tenantId)).filter(({ action }) => action === "audit-pruned");
    expect(pruned.map(({ metadata }) => metadata)).toEqual([
      { entries: 256, bundles: 1, firstKept: 256, until: "2025-01-15T12:00:00.000Z", days: 730 },
    ]);
    expect(await describeLog(deps, shop.tenantId)).toMatchObject({ pruned: { entries: 256, days: 730 } });
    deps.clock.advance(day);
    expect(await purge()).not.toHaveProperty("auditBundles");
  });

  it("leaves a log that verifies, an old proof that verifies, and new proofs of what is left", async () => {
    await integrate(shop.tenantId);
    const old = join(await mkdtemp(join(tmpdir(), "lethe-old-")), "old.checkpoint");
    await writeFile(old, oldCheckpoint);
    const verdict = await verify([await folder(), "--key", await verifierKey(), "--since", old]);
    expect(verdict).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(verdict)).toContain("of entries 0 to 255 only the hashes are kept");
    expect(await check(leaves[5] ?? new Uint8Array(), oldProof)).toMatchObject({ exitCode: 0 });
    const kept = leaves.at(-1) ?? new Uint8Array();
    const proof = (await findInclusionProof(deps, shop.tenantId, kept)) ?? "";
    expect(await check(kept, proof)).toMatchObject({ exitCode: 0 });
    expect(await check(leaves[7] ?? new Uint8Array(), oldProof)).toMatchObject({ exitCode: 1 });
  });

  it("lets staff page to the end of what is left", async () => {
    let cursor: string | undefined;
    let seen = 0;
    do {
      const page = await readAuditTrail(deps, shop.staff, { limit: 100, cursor });
      seen += page.entries.length;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const size = (await describeLog(deps, shop.tenantId)).size;
    expect(seen).toBeGreaterThanOrEqual(size - 256);
    expect(seen).toBeLessThan(size);
  });

  it("goes on where it stopped, keeps the last bundle, and counts once when two prune at once", async () => {
    deps.clock.advance(900 * day);
    const cutoff = deps.clock.now();
    const both = await Promise.all([
      pruneLog(deps, shop.tenantId, cutoff, 730),
      pruneLog(deps, shop.tenantId, cutoff, 730),
    ]);
    expect(both.map(({ entries }) => entries).sort()).toEqual([0, 256]);
    expect(await bundlesOf(shop, 2)).toEqual([0, 0]);
    expect((await bundlesOf(shop, 3))[2]).toBeGreaterThan(0);
    await integrate(shop.tenantId);
    expect(await verify([await folder(), "--key", await verifierKey()])).toMatchObject({ exitCode: 0 });
  });

  it("takes out of a folder that is being written what retention takes out of the log meanwhile", async () => {
    await record(shop, 600);
    deps.clock.advance(900 * day);
    const entriesPruned: number[] = [];
    const root = await logFolderOf(deps, shop.tenantId, async () => {
      if (entriesPruned.length > 1) return;
      entriesPruned.push((await pruneLog(deps, shop.tenantId, deps.clock.now(), 730)).entries);
    });
    expect(entriesPruned[0]).toBeGreaterThan(0);
    const verdict = await verify([root, "--key", await verifierKey()]);
    expect(verdict).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(verdict)).toContain(
      `of entries 0 to ${(entriesPruned[0] ?? 0) + 511} only the hashes are kept`,
    );
  });
});
