import { closureJob } from "../../functions/src/closure/closure-job.ts";
import { findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { countEveryRecord, tenantCollections } from "../../functions/src/inventory/tenant-records.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { addPersonTo } from "./person-records.ts";
import { openShop, type Shop } from "./shop.ts";
import type { TestDeps } from "./test-deps.ts";

/** The password of every owner that `openShop` makes. */
export const ownerPassword = "correct horse battery";

/** Opens a business with a record in every collection that the inventory declares, and a file in every bucket. */
export async function openFullShop(deps: Deps, name: string, records = 2): Promise<Shop> {
  const shop = await openShop(deps, name);
  const { tenantId } = shop;
  await addPersonTo(deps, tenantId, "alice", () => records);
  for (const entry of tenantCollections) {
    if ((await countEveryRecord(deps.stores, entry, tenantId)) > 0) continue;
    const database = entry.database === "keys" ? deps.stores.keys : deps.stores.data;
    const path = entry.path.replaceAll(/\{(\w+)\}/g, (_, id: string) => (id === "tenantId" ? tenantId : `${id}0`));
    await database.doc(path).set({ state: "done", createdAt: deps.clock.now() });
  }
  for (const bucket of ["knowledge", "exports", "uploads"] as const)
    for (const file of ["one", "two"])
      await deps.buckets.write(bucket, `${tenantId}/thing/${file}`, Buffer.from(`${name} ${file}`), "text/plain");
  await sequence(deps, tenantId, "test", deps.clock.now());
  return shop;
}

/** Delivers what waits, once. */
export async function deliver(deps: TestDeps): Promise<void> {
  await deps.publisher.drain({
    "closure-steps": (payload, delivery) => runJob(deps, closureJob, stepMessage.parse(payload), delivery),
    "erasure-steps": (payload, delivery) => runJob(deps, erasureJob, stepMessage.parse(payload), delivery),
    "ledger-nudges": async ({ tenantId }) => void (await sequence(deps, String(tenantId), "test", deps.clock.now())),
  });
}

/** Delivers messages and lets time pass until the deletion of an account is done, or `rounds` are over. */
export async function settleClosure(deps: TestDeps, tenantId: string, rounds = 20): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await deliver(deps);
    if ((await findClosedAccount(deps.stores, tenantId))?.state === "done") return;
    deps.clock.advance(130);
    await resumeStalledJobs(deps);
  }
}
