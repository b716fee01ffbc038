import { keyAt } from "../../functions/src/crypto/keyring.ts";
import { openField } from "../../functions/src/crypto/sealed-fields.ts";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import type { Job } from "../../functions/src/jobs/job.ts";
import { openCheckpoint } from "../../functions/src/ledger/checkpoint.ts";
import { hashLeaves } from "../../functions/src/ledger/hash.ts";
import { decodeLeaf } from "../../functions/src/ledger/leaf.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { type Bundle, findLedgerState } from "../../functions/src/ledger/store.ts";
import { appendLeaves, emptyTree, rootHash } from "../../functions/src/ledger/tree.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import type { Storage } from "../fakes/memory-firestore/storage.ts";
import type { SimulatedRegion } from "./region.ts";
import { type Cast, canary } from "./story.ts";

function* documents(storage: Storage): Generator<{ path: string; fields: Record<string, unknown> }> {
  for (const path of storage.paths()) yield { path, fields: storage.find(path)?.fields ?? {} };
}

/** Where records of a person stand, found by every field and not by the inventory's queries. */
function placesOf(region: SimulatedRegion, subjectId: string): string[] {
  const declared = (path: string) =>
    personalCollections.some((entry) => entry.path.split("/").at(-2) === path.split("/").at(-2));
  return [region.data, region.keys].flatMap((storage) =>
    [...documents(storage)]
      .filter(({ path, fields }) => declared(path) && (path.includes(subjectId) || fields.subjectId === subjectId))
      .map(({ path }) => path),
  );
}

/** Every record of a person, by path: what must be the same before and after, but for what the person wrote meanwhile. */
export function recordsOf(region: SimulatedRegion, subjectId: string): Set<string> {
  return new Set(placesOf(region, subjectId));
}

/** What a hold leaves: the item and what lies below it, the hold, and the key of its own. */
function isKept(held: string | undefined, path: string): boolean {
  if (held === undefined) return false;
  return path === held || path.startsWith(`${held}/`) || ["holds", "evidence"].includes(path.split("/").at(-2) ?? "");
}

/** What is held is there and can be read, by its own key alone. */
async function checkHeld(deps: Deps, region: SimulatedRegion, tenantId: string, held: string): Promise<string[]> {
  if (region.data.find(held) === undefined) return [`held item is gone: ${held}`];
  const faults: string[] = [];
  for (const { path, fields } of documents(region.data)) {
    if (path !== held && !path.startsWith(`${held}/`)) continue;
    const entry = personalCollections.find((candidate) => candidate.path.split("/").at(-2) === path.split("/").at(-2));
    for (const name of entry?.sealed ?? []) {
      const sealed = fields[name];
      if (!(sealed instanceof Uint8Array)) continue;
      try {
        const key = await keyAt(deps, { collection: "evidence", tenantId, itemId: String(fields.evidenceId) });
        if (!openField(key, path, name, sealed).includes(canary)) faults.push(`${path} has other words in ${name}`);
      } catch (error) {
        faults.push(`held item cannot be read: ${path} ${name}: ${String(error)}`);
      }
    }
  }
  return faults;
}

/** Checks the log: every entry integrated once, the bundles hash to the signed root, the acts of an erasure recorded once. */
async function checkLedger(deps: Deps, region: SimulatedRegion, tenantId: string): Promise<string[]> {
  const state = await findLedgerState(deps.stores, tenantId);
  if (state === undefined) return ["the log was never opened"];
  const bundles = [...documents(region.data)]
    .filter(({ path }) => path.includes("/auditBundles/"))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ fields }) => fields as unknown as Bundle);
  const leaves = bundles.flatMap((bundle) => bundle.leaves);
  const { tree } = appendLeaves(emptyTree, hashLeaves(leaves));
  const { checkpoint } = openCheckpoint(state.checkpoint, await logKey(deps, state.origin));
  const faults: string[] = [];
  if (tree.size !== state.size || checkpoint.size !== state.size)
    faults.push(`log has ${leaves.length} entries, state ${state.size}, checkpoint ${checkpoint.size}`);
  if (Buffer.compare(rootHash(tree), checkpoint.root) !== 0) faults.push("root of the bundles is not the checkpoint's");
  const ids = bundles.flatMap((bundle) => bundle.entryIds);
  if (new Set(ids).size !== ids.length) faults.push("an entry was integrated twice");
  if ([...region.data.paths()].some((path) => path.includes("/auditPending/")))
    faults.push("an entry was never integrated");
  if (state.publishedSize !== state.size)
    faults.push(`tiles are published up to ${state.publishedSize} of ${state.size}`);
  const actions = leaves.map((leaf) => decodeLeaf(leaf).action);
  const purged = [...region.data.paths()].filter((path) => {
    const isTombstone = path.split("/").at(-2) === "tombstones";
    return isTombstone && region.data.find(path)?.fields.kind === "purge";
  });
  const expected = { "erasure-requested": 1, "key-destroyed": 1 + purged.length, "erasure-completed": 1 };
  for (const [action, times] of Object.entries(expected)) {
    const count = actions.filter((each) => each === action).length;
    if (count !== times) faults.push(`${count} entries ${action}, not ${times}`);
  }
  return faults;
}

/**
 * What must hold when a story has ended and every job had time to finish.
 *
 * @param bobBefore - the records of the person who stays, from before the faults.
 * @returns what does not hold, in words; empty when all does.
 */
export async function check(
  deps: Deps,
  region: SimulatedRegion,
  cast: Cast,
  bobBefore: ReadonlySet<string>,
): Promise<string[]> {
  const { tenantId } = cast.shop;
  const faults = await checkLedger(deps, region, tenantId);
  for (const place of placesOf(region, cast.alice.subjectId))
    if (!isKept(cast.held, place)) faults.push(`record of the erased person: ${place}`);
  if (cast.held !== undefined) faults.push(...(await checkHeld(deps, region, tenantId, cast.held)));
  for (const [path, { bytes }] of region.buckets.objects)
    if (Buffer.from(bytes).includes(canary)) faults.push(`words of the erased person: ${path}`);
  for (const storage of [region.data, region.keys, region.directory]) {
    for (const { path, fields } of documents(storage))
      if (JSON.stringify(fields).includes(canary)) faults.push(`words of the erased person: ${path}`);
  }
  const bobNow = recordsOf(region, cast.bob.subjectId);
  for (const path of bobBefore) if (!bobNow.has(path)) faults.push(`record of the other person is gone: ${path}`);
  const jobs = [...documents(region.data)]
    .filter(({ path }) => path.includes("/jobs/") && !path.includes("/shards/"))
    .map(({ path, fields }) => ({ path, ...(fields as unknown as Job) }));
  for (const { path, kind, state, failure } of jobs) {
    if (kind === "erasure" && state !== "done")
      faults.push(`erasure ${path} is ${state}: ${failure?.code ?? "no reason"}`);
    if (state !== "done" && !(state === "failed" && failure !== undefined) && state !== "cancelled")
      faults.push(`job ${path} is ${state}`);
  }
  const of = (collection: string) =>
    [...region.data.paths()].filter((path) => path.split("/").at(-2) === collection).length;
  if (jobs.filter((job) => job.kind === "erasure").length !== 1) faults.push("not exactly one erasure");
  const purges = new Set(jobs.filter(({ kind }) => kind === "retention").map(({ path }) => path.split("/").at(-1)));
  const receipts = [...region.data.paths()]
    .filter((path) => path.includes("/receipts/"))
    .filter((path) => !purges.has(path.split("/").at(-1)));
  if (receipts.length !== 1) faults.push(`${receipts.length} receipts`);
  for (const { path, fields } of documents(region.data))
    if (path.includes("/tombstones/") && fields.state !== "done") faults.push(`${path} is ${String(fields.state)}`);
  if (of("jobInputs") !== 0) faults.push("the job kept what it knew");
  if ([...region.keys.paths()].some((path) => path.includes("/jobKeys/"))) faults.push("the job's key is left");
  return faults;
}
