import { closureTimes } from "../../functions/src/closure/closure.ts";
import { findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { startClosure } from "../../functions/src/closure/start-closure.ts";
import { sweepClosures } from "../../functions/src/closure/sweep-closures.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import { hashLeaf } from "../../functions/src/ledger/hash.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { parseTlogProof, verifyTlogProof } from "../../functions/src/ledger/tlog-proof.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { changeTenantRecord, findTenantRecord } from "../../functions/src/tenants/tenant-record.ts";
import { openShop, type Shop } from "../support/shop.ts";
import type { Random } from "./random.ts";
import type { SimulatedRegion } from "./region.ts";
import { type Act, arrive, patiently, turn } from "./story.ts";

/** A business that closes its account in the midst of a story, and its one visitor. */
export interface Leaver {
  shop: Shop;
  erin: DataSubject;
}

const staff = { kind: "member", id: "staff1" } as const;
const words = "canary-of-erin";

/** Opens the business that will go, without faults. */
export async function openLeaver(deps: Deps): Promise<Leaver> {
  const shop = await openShop(deps, "leaver");
  const erin = await arrive(deps, shop, "erin");
  await createLead(deps, erin, { name: words, email: `${words}@people.example`, message: words }, "erin-lead-1");
  await turn(deps, erin, words, "erin-turn-key-first");
  return { shop, erin };
}

/** An owner's request and waiver in one, as their records are; the password is a matter of routes. Repeats change nothing. */
async function askAndWaive(deps: Deps, { shop }: Leaver): Promise<void> {
  const now = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const tenant = await findTenantRecord(deps.stores, shop.tenantId, tx);
    if (tenant === undefined || tenant.closure !== undefined) return;
    const times = { ...closureTimes(now), requestedAt: now, waivedAt: now };
    const closure = { id: "closureofleaver00000", requestedBy: shop.staff.actor.id, ...times, reminders: {} };
    changeTenantRecord(tx, deps.stores, shop.tenantId, { status: "closing", closure });
  });
  await startClosure(deps, shop.tenantId, now);
}

/** What its people do while it goes: they write, ask for exports and erasures, and its owner clicks twice. */
export function leaverActs(leaver: Leaver, choices: Random): Act[] {
  const { shop, erin } = leaver;
  const act = (name: string, work: (deps: Deps) => Promise<unknown>, withinMs = 60_000): Act => ({
    name,
    afterMs: choices.below(withinMs),
    work: (deps) => patiently(() => work(deps)),
  });
  const scope = { kind: "person", subjectId: erin.subjectId } as const;
  return [
    act("an owner closes the account", (deps) => askAndWaive(deps, leaver), 20_000),
    act("an owner closes the account", (deps) => askAndWaive(deps, leaver), 20_000),
    act("erin writes", (deps) => turn(deps, erin, words, "erin-turn-key-second")),
    act("erin leaves a lead", (deps) =>
      createLead(deps, erin, { email: "erin@people.example", message: words }, "erin-lead-2"),
    ),
    ...(choices.chance(0.5)
      ? [
          act("staff exports the leaver", (deps) =>
            requestExport(deps, staff, shop.tenantId, { format: "bag" }, "export-leaver-1"),
          ),
        ]
      : []),
    ...(choices.chance(0.3)
      ? [act("staff erases erin", (deps) => requestErasure(deps, staff, shop.tenantId, scope, "asked"))]
      : []),
  ];
}

/** The deletion that must have begun in the end, and goes on where it failed. @returns whether it is done. */
export async function insistOnLeaving(deps: Deps, leaver: Leaver): Promise<boolean> {
  await patiently(() => askAndWaive(deps, leaver));
  await sweepClosures(deps);
  return (await findClosedAccount(deps.stores, leaver.shop.tenantId))?.state === "done";
}

/** A closed account: nothing left of it but what its certificate lists, and the certificate in the one head of its log. */
export async function checkLeft(region: SimulatedRegion, deps: Deps, { shop }: Leaver): Promise<string[]> {
  const { tenantId } = shop;
  const faults: string[] = [];
  for (const storage of [region.data, region.keys, region.directory]) {
    for (const path of storage.paths()) {
      const text = `${path} ${JSON.stringify(storage.find(path)?.fields)}`;
      if (text.includes(tenantId) && path !== `closures/${tenantId}`)
        faults.push(`left of the closed account: ${path}`);
      if (text.includes(words)) faults.push(`words of the closed account's visitor: ${path}`);
    }
  }
  for (const path of region.buckets.objects.keys()) {
    if (path.includes(tenantId) && !/^(ledger|tombstones)\//.test(path))
      faults.push(`left of the closed account: ${path}`);
  }
  const accounts = [...region.staffAccounts.accounts.values()].map(({ email }) => email);
  if (accounts.includes("owner@leaver.example")) faults.push("the closed account's owner can still sign in");
  if (!accounts.includes("owner@sim.example")) faults.push("the other account's owner is gone");
  const account = await findClosedAccount(deps.stores, tenantId);
  if (account?.state !== "done" || account.people !== null) faults.push(`closure is ${account?.state ?? "absent"}`);
  const letters = region.mail.letters.filter(({ attachments = [] }) => attachments.length > 0);
  if (letters.length === 0) faults.push("no certificate was mailed");
  for (const { attachments = [] } of letters) {
    const file = JSON.parse(Buffer.from(attachments[0]?.content ?? []).toString("utf8")) as Record<
      "proof" | "leaf",
      string
    >;
    const leafHash = hashLeaf(Buffer.from(file.leaf, "base64"));
    const head = verifyTlogProof(parseTlogProof(file.proof), leafHash, await logKey(deps, account?.log?.origin ?? ""));
    if (head.size !== account?.log?.size) faults.push("the closed account's log has two heads");
  }
  return faults;
}
