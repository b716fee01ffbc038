import { closureTimes } from "../../functions/src/closure/closure.ts";
import { closureJob } from "../../functions/src/closure/closure-job.ts";
import { findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { sweepClosures } from "../../functions/src/closure/sweep-closures.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { hashLeaf } from "../../functions/src/ledger/hash.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { parseTlogProof, verifyTlogProof } from "../../functions/src/ledger/tlog-proof.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import { changeTenantRecord } from "../../functions/src/tenants/tenant-record.ts";
import { type Gate, runNow } from "../fakes/memory-firestore/memory-firestore.ts";
import { codes, grpcError, type Storage } from "../fakes/memory-firestore/storage.ts";
import { type SimulatedRegion, simulatedRegion } from "../simulation/region.ts";
import { openFullShop } from "./closing-shop.ts";
import type { Shop } from "./shop.ts";

/** What happens to one operation on the world: the process dies, or the connection breaks, before or after its effect. */
export type Mishap = "dies before" | "dies after" | "breaks before" | "breaks after";

/** What is in the region of an account, by place; what a search by id over every place finds. */
export function placesOf(region: SimulatedRegion, tenantId: string): Map<string, string> {
  const places = new Map<string, string>();
  const look = (name: string, storage: Storage) => {
    for (const path of storage.paths()) {
      const text = JSON.stringify(storage.find(path)?.fields);
      if (path.includes(tenantId) || text.includes(tenantId)) places.set(`${name}/${path}`, text);
    }
  };
  look("data", region.data);
  look("keys", region.keys);
  look("directory", region.directory);
  for (const [path, { bytes }] of region.buckets.objects)
    if (path.includes(tenantId)) places.set(path, Buffer.from(bytes).toString("base64"));
  return places;
}

/** A region with two full accounts, of which one is about to go. */
export interface ClosingRegion {
  region: SimulatedRegion;
  operator: Deps;
  leaving: Shop;
  staying: Shop;
}

/** Two accounts with a record in every collection; the owner of one waived the grace, and the job waits to be run. */
export async function closingRegion(): Promise<ClosingRegion> {
  const region = simulatedRegion(7);
  const operator = region.instance(runNow);
  const leaving = await openFullShop(operator, "leaving", 1);
  const staying = await openFullShop(operator, "staying", 1);
  const requestedAt = operator.clock.now();
  const requestedBy = leaving.staff.actor.id;
  // As an owner's request and waiver leave it; those ask for a password, which may be tried ten times a minute.
  await operator.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    const times = { ...closureTimes(requestedAt), requestedAt, waivedAt: requestedAt };
    const closure = { id: "closureofleaving0000", requestedBy, ...times, reminders: {} };
    changeTenantRecord(tx, operator.stores, leaving.tenantId, { status: "closing", closure });
  });
  await sweepClosures(operator);
  return { region, operator, leaving, staying };
}

/**
 * Runs the deletion to its end, with one mishap on the way.
 *
 * @param at - which operation of the workers it happens to, from 1; undefined for none.
 * @returns how many operations there were until the mishap, or in all.
 */
export async function runClosure(
  { region, leaving }: ClosingRegion,
  mishap?: { at: number; what: Mishap },
): Promise<number> {
  const operator = region.instance(runNow);
  let operations = 0;
  let die: () => void = () => undefined;
  const death = new Promise<void>((resolve) => {
    die = resolve;
  });
  const gate: Gate = async (_operation, apply) => {
    operations += 1;
    if (operations !== mishap?.at) return apply();
    if (mishap.what.endsWith("after")) await apply();
    if (mishap.what.startsWith("breaks")) throw grpcError(codes.unavailable, "the connection broke");
    die();
    return new Promise<never>(() => undefined);
  };
  for (let round = 0; round < 40; round += 1) {
    for (let message = region.messages.shift(); message !== undefined; message = region.messages.shift()) {
      if (message.topic !== "closure-steps") continue;
      const delivery = { messageId: "m", subscription: "closure-steps", attempt: message.attempts + 1 };
      const worker = mishap !== undefined && operations >= mishap.at ? operator : region.instance(gate);
      const again = { ...message, attempts: message.attempts + 1 };
      const work = runJob(worker, closureJob, stepMessage.parse(message.payload), delivery).catch((error: unknown) => {
        if (error instanceof AppError && !error.retry) return;
        region.messages.push(again);
      });
      await (worker === operator ? work : Promise.race([work, death]));
    }
    if ((await findClosedAccount(operator.stores, leaving.tenantId))?.state === "done") return operations;
    region.nowMs += 130_000;
    await resumeStalledJobs(operator);
    if (round % 20 === 19) await sweepClosures(operator);
  }
  return operations;
}

/** What does not hold when the deletion has ended, in words. */
export async function faultsOf(
  { region, operator, leaving, staying }: ClosingRegion,
  before: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { tenantId } = leaving;
  const faults: string[] = [];
  const kept = new RegExp(`^(data/closures/${tenantId}|(ledger|tombstones)/${tenantId}/.+)$`);
  for (const place of placesOf(region, tenantId).keys()) if (!kept.test(place)) faults.push(`left: ${place}`);
  const after = placesOf(region, staying.tenantId);
  for (const [place, text] of before) if (after.get(place) !== text) faults.push(`changed or gone: ${place}`);
  for (const place of after.keys()) if (!before.has(place)) faults.push(`new: ${place}`);
  const accounts = [...region.staffAccounts.accounts.values()].map(({ email }) => email);
  if (accounts.join() !== "owner@staying.example") faults.push(`accounts: ${accounts.join()}`);
  const account = await findClosedAccount(operator.stores, tenantId);
  if (account?.state !== "done" || account.people !== null) faults.push(`record is ${account?.state ?? "absent"}`);
  const letters = region.mail.letters.filter(({ to }) => to === "owner@leaving.example");
  if (letters.length === 0) faults.push("no certificate was mailed");
  for (const { attachments } of letters) {
    const file = JSON.parse(Buffer.from(attachments?.[0]?.content ?? []).toString("utf8")) as {
      proof: string;
      leaf: string;
    };
    const leaf = Buffer.from(file.leaf, "base64");
    if (!leaf.equals(Buffer.from(account?.certificate?.leaf ?? []))) faults.push("another certificate was mailed");
    const proof = parseTlogProof(file.proof);
    const checkpoint = verifyTlogProof(proof, hashLeaf(leaf), await logKey(operator, account?.log?.origin ?? ""));
    if (checkpoint.size !== account?.log?.size) faults.push("the log was forked");
  }
  return faults;
}
