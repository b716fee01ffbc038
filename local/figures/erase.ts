import { dekOf } from "../../functions/src/crypto/keyring.ts";
import { sealField } from "../../functions/src/crypto/sealed-fields.ts";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { auditContext } from "../../functions/src/ledger/append-entry.ts";
import { deleteRecordsStep } from "../../functions/src/subject-requests/erasure/delete-records-step.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { searchResidue } from "../../functions/src/subject-requests/erasure/search-residue-step.ts";
import { findJobInput, findTombstone } from "../../functions/src/subject-requests/store.ts";
import { claimIdentifier } from "../../functions/src/subjects/claim-identifier.ts";
import { addPersonTo, subjectIdOf } from "../../tests/support/person-records.ts";
import { settleJobs, staffActor } from "../../tests/support/world.ts";
import { freshProject } from "./business.ts";
import { withEmulators } from "./emulators.ts";
import { atLeast, atMost, exactly, type Figure } from "./figure.ts";
import { type JobDeps, jobDeps, leaveProject, openTenant } from "./job-deps.ts";
import { meteredRpcs } from "./rpc-meter.ts";
import { runStep } from "./steps.ts";

type Environment = Readonly<Record<string, string>>;

const commitSize = 500;

/** Fills a tenant with turns and leads of people who are not erased. */
async function addOthers({ stores, clock }: JobDeps, tenantId: string, documents: number): Promise<void> {
  for (let start = 0; start < documents; start += commitSize) {
    const batch = stores.data.batch();
    for (let number = start; number < Math.min(start + commitSize, documents); number += 1) {
      const id = `other${number}`.padEnd(20, "x");
      const collection = number % 2 === 0 ? "leads" : `conversations/${id}/turns`;
      const fields = { subjectId: id, conversationId: id, state: "open", createdAt: clock.now() };
      batch.set(stores.data.doc(`tenants/${tenantId}/${collection}/${id}`), fields);
    }
    await batch.commit();
  }
}

function erase(deps: JobDeps, tenantId: string) {
  const scope = { kind: "person", subjectId: subjectIdOf("alice") } as const;
  return requestErasure(deps, staffActor, tenantId, scope, undefined);
}

/** Calls that the erasure of a person with some 30 records makes, from the request to the receipt, in a tenant of some size. */
async function rpcsIn(environment: Environment, documents: number): Promise<number> {
  const deps = jobDeps(await freshProject(environment), environment);
  const tenantId = await openTenant(deps, `size${documents}`);
  const own = await addPersonTo(deps, tenantId, "alice", () => 3);
  await addOthers(deps, tenantId, documents - own);
  const { rpcs, result } = await meteredRpcs(async () => {
    const { jobId } = await erase(deps, tenantId);
    await settleJobs(deps, tenantId);
    return findTombstone(deps.stores, tenantId, jobId);
  });
  await leaveProject(deps, environment);
  if (result?.state !== "done") throw new Error(`the erasure among ${documents} documents is ${result?.state}`);
  return rpcs.length;
}

/** Commits from the request until the key is gone, of a person whom the erasure must still tell: with a verified address. */
async function commitsToUnreadable(environment: Environment): Promise<number> {
  const deps = jobDeps(await freshProject(environment), environment);
  const tenantId = await openTenant(deps, "unreadable");
  await addPersonTo(deps, tenantId, "alice", () => 3);
  const subject = { tenantId, subjectId: subjectIdOf("alice") };
  const address = "alice@people.example";
  await claimIdentifier(deps, subject, "email", address, "verified");
  const ref = documentRef(deps.stores, "subjects", subject);
  const profile = sealField(
    await dekOf(deps, subject),
    ref.path,
    "profile",
    JSON.stringify({ email: address }),
    deps.ids,
  );
  await ref.update({ profile });
  // The first act of a month makes the key that proofs of requests are kept under; an account that is in use has it.
  await auditContext(deps, tenantId, subject.subjectId);
  const { rpcs, result } = await meteredRpcs(() => erase(deps, tenantId));
  const input = await findJobInput(deps.stores, tenantId, result.jobId);
  await leaveProject(deps, environment);
  if (input === undefined) throw new Error("the erasure does not know whom to tell");
  const keyGone = rpcs.findIndex(({ deletes }) => deletes.some((name) => name.includes("/deks/")));
  if (keyGone < 0) throw new Error("the person's key was not destroyed");
  return rpcs.slice(0, keyGone + 1).filter(({ method }) => method === "commit").length;
}

const bulkTurns = 20_000;

/** Documents of one large collection for each call that lists them, deletes them, or looks that none is left. */
async function documentsPerRpc(environment: Environment): Promise<{ bulk: number; all: number }> {
  const deps = jobDeps(await freshProject(environment), environment);
  const tenantId = await openTenant(deps, "bulk");
  const documents = await addPersonTo(deps, tenantId, "alice", ({ name }) => (name === "turns" ? bulkTurns : 2));
  const { jobId } = await erase(deps, tenantId);
  const { rpcs, result } = await meteredRpcs(async () => {
    const { counts } = await runStep(deps, deleteRecordsStep, { tenantId, jobId });
    await runStep(deps, searchResidue, { tenantId, jobId });
    return counts;
  });
  await leaveProject(deps, environment);
  if (result.turns !== bulkTurns) throw new Error(`${result.turns} of ${bulkTurns} turns were deleted`);
  const ofTurns = rpcs.filter(({ collections }) => collections.includes("turns")).length;
  return { bulk: bulkTurns / ofTurns, all: documents / rpcs.length };
}

const peerTurns = 2_000;

/** Documents for each call that the SDK's `recursiveDelete` makes on turns of one person, with nothing verified after it. */
async function recursiveDeletePerRpc(environment: Environment): Promise<number> {
  const deps = jobDeps(await freshProject(environment), environment);
  const tenantId = await openTenant(deps, "peer");
  await addPersonTo(deps, tenantId, "alice", ({ name }) => (name === "turns" ? peerTurns : 2));
  const conversations = deps.stores.data.collection(`tenants/${tenantId}/conversations`);
  const { rpcs } = await meteredRpcs(() => deps.stores.data.recursiveDelete(conversations));
  const deleted = rpcs.reduce((sum, { deletes }) => sum + deletes.length, 0);
  await leaveProject(deps, environment);
  if (deleted < peerTurns) throw new Error(`recursiveDelete deleted ${deleted} of ${peerTurns} turns`);
  return deleted / rpcs.length;
}

/** What erasing one person costs, and that it does not depend on how large the tenant is. */
export function eraseFigures(): Promise<Figure[]> {
  return withEmulators("demo-figures", async (environment) => {
    const small = await rpcsIn(environment, 2_000);
    const large = await rpcsIn(environment, 50_000);
    const commits = await commitsToUnreadable(environment);
    const bulk = await documentsPerRpc(environment);
    const peer = await recursiveDeletePerRpc(environment);
    const calls = "Firestore calls from the request to the receipt, a person with about 30 records in a tenant of";
    return [
      exactly("erase.rpcs@2k", small, `${calls} 2,000 documents; goal: as @50k`, large),
      exactly("erase.rpcs@50k", large, `${calls} 50,000 documents; goal: as @2k`, small),
      atMost(
        "erase.commitsToUnreadable",
        commits,
        "commits from the request until the key of a person with a verified address is gone",
        2,
      ),
      atLeast(
        "erase.documentsPerRpc",
        bulk.bulk,
        `of ${bulkTurns} turns of one person a call that lists, deletes (${commitSize} a commit) or looks for what is left of turns; ${bulk.all.toFixed(0)} with the calls for holds and every other collection`,
        400,
        `${peer.toFixed(0)}: the SDK's recursiveDelete, which looks for nothing that is left`,
      ),
    ];
  });
}
