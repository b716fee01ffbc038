import type { SealingKey } from "../../functions/src/crypto/envelope.ts";
import { dekOf, keyAt } from "../../functions/src/crypto/keyring.ts";
import { openField } from "../../functions/src/crypto/sealed-fields.ts";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import type { Job } from "../../functions/src/jobs/job.ts";
import type { Bundle } from "../../functions/src/ledger/bundles.ts";
import { openCheckpoint } from "../../functions/src/ledger/checkpoint.ts";
import { hashBytes, hashLeaves } from "../../functions/src/ledger/hash.ts";
import { decodeLeaf } from "../../functions/src/ledger/leaf.ts";
import { logKey } from "../../functions/src/ledger/log-key.ts";
import { ledgerObject } from "../../functions/src/ledger/publish-tiles.ts";
import { findLedgerState } from "../../functions/src/ledger/store.ts";
import { changedTiles, tilePath } from "../../functions/src/ledger/tile.ts";
import { appendLeaves, emptyTree, rootHash } from "../../functions/src/ledger/tree.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import type { Storage } from "../fakes/memory-firestore/storage.ts";
import { textOf } from "../support/search-everywhere.ts";
import type { SimulatedRegion } from "./region.ts";
import { type Cast, canary, type Part, partCanary } from "./story.ts";

function* documents(storage: Storage): Generator<{ path: string; fields: Record<string, unknown> }> {
  for (const path of storage.paths()) yield { path, fields: storage.find(path)?.fields ?? {} };
}

/** Where records of a person stand, found by every field and not by the inventory's queries. */
export function placesOf(region: SimulatedRegion, subjectId: string): string[] {
  const declared = (path: string) =>
    personalCollections.some((entry) => entry.path.split("/").at(-2) === path.split("/").at(-2));
  return [region.data, region.keys].flatMap((storage) =>
    [...documents(storage)]
      .filter(({ path, fields }) => declared(path) && (path.includes(subjectId) || fields.subjectId === subjectId))
      .map(({ path }) => path),
  );
}

/**
 * What there is of a person, by place: each sealed text as the person's key opens it, and each record without any as it
 * stands. What the person does changes a chat's state, so of those only the texts count.
 */
export async function contentOf(
  deps: Deps,
  region: SimulatedRegion,
  person: { tenantId: string; subjectId: string },
): Promise<Map<string, string>> {
  const key = await dekOf(deps, { tenantId: person.tenantId, subjectId: person.subjectId }).catch(() => undefined);
  const content = new Map<string, string>();
  for (const path of placesOf(region, person.subjectId)) {
    const entry = personalCollections.find((candidate) => candidate.path.split("/").at(-2) === path.split("/").at(-2));
    const fields = (region.data.find(path) ?? region.keys.find(path))?.fields ?? {};
    const sealed = (entry?.sealed ?? []).flatMap((name) => sealedIn(fields, name));
    for (const [name, envelope] of sealed) {
      const text = opened(key, path, name, envelope);
      content.set(`${path} ${name}`, entry?.sealedJson?.includes(name) === true ? membersOf(text) : text);
    }
    const changes = sealed.length > 0 || entry?.conversation !== undefined;
    content.set(path, changes ? "" : textOf(fields));
  }
  return content;
}

/** A sealed field, or the sealed members of a map, by the names they are sealed under. */
function sealedIn(fields: Record<string, unknown>, name: string): [string, Uint8Array][] {
  const [map = "", star, member = ""] = name.split(".");
  const value = fields[map];
  if (star === undefined) return value instanceof Uint8Array ? [[name, value]] : [];
  return Object.entries((value ?? {}) as Record<string, Record<string, unknown>>).flatMap(([id, element]) => {
    const envelope = element[member];
    return envelope instanceof Uint8Array ? [[`${map}.${id}.${member}`, envelope] as [string, Uint8Array]] : [];
  });
}

/** Which members a sealed object has: their values are the person's to change. */
function membersOf(text: string): string {
  return text.startsWith("{") ? Object.keys(JSON.parse(text) as object).join() : text;
}

function opened(key: SealingKey | undefined, path: string, name: string, envelope: Uint8Array): string {
  if (key === undefined) return "the key is gone";
  try {
    return openField(key, path, name, envelope);
  } catch (error) {
    return String(error);
  }
}

/** What the other person has lost, or has otherwise than before. */
function losses(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].flatMap(([place, text]) => {
    const now = after.get(place);
    if (now === undefined) return [`record of the other person is gone: ${place}`];
    return now === text ? [] : [`record of the other person is another one: ${place}`];
  });
}

/** Where words stand that were erased: databases, objects, messages, log lines, letters and what recipients were sent. */
function wordsLeft(region: SimulatedRegion, held: string | undefined, words: readonly string[]): string[] {
  const places: string[] = [];
  const look = (place: string, text: string) => {
    for (const word of words) if (text.includes(word)) places.push(`words of the erased person: ${place}: ${word}`);
  };
  for (const [path, { bytes }] of region.buckets.objects) {
    if (held === undefined || !isAccountExport(region, path))
      look(path, `${path} ${Buffer.from(bytes).toString("utf8")}`);
  }
  for (const storage of [region.data, region.keys, region.directory]) {
    for (const { path, fields } of documents(storage)) look(path, `${path} ${textOf(fields)}`);
  }
  for (const line of region.logged) look(`log line ${line}`, line);
  for (const message of region.published) look(`topic ${message.split(" ")[0] ?? ""}`, message);
  // A letter to the person has the person's address on it; what it says must not.
  for (const { to: _to, ...letter } of region.mail.letters) look(`letter: ${letter.subject}`, textOf(letter));
  for (const { url, headers, body } of region.webhooks.sent) look(url, `${url} ${JSON.stringify(headers)} ${body}`);
  return places;
}

/** Whether an object is a whole account's export that can be fetched: made after an erasure, it has what a hold keeps. */
function isAccountExport(region: SimulatedRegion, path: string): boolean {
  const [bucket, tenantId, exportId] = path.split("/");
  const entry = region.data.find(`tenants/${tenantId}/exports/${exportId}`)?.fields;
  return bucket === "exports" && entry?.scope === "account" && entry.state === "ready";
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

/**
 * Watches what is deleted from the databases of data, to hold receipts against it.
 *
 * @returns how many records went so far, by collection: of these persons, or of everybody.
 */
export function watchDeletions({ data }: SimulatedRegion): (subjectIds: readonly string[]) => Record<string, number> {
  const deletions: { name: string; subjectId: string }[] = [];
  data.beforeDelete.push((path, { fields }) => {
    const entry = personalCollections.find((candidate) => candidate.path.split("/").at(-2) === path.split("/").at(-2));
    if (entry?.erasure.action !== "delete") return;
    deletions.push({ name: entry.name, subjectId: String(fields.subjectId ?? path.split("/").at(-1)) });
  });
  return (subjectIds) => {
    const counts: Record<string, number> = {};
    for (const { name, subjectId } of deletions)
      if (subjectIds.includes(subjectId)) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  };
}

/** What receipts say was deleted, added up, by collection: those of erasures, or those of purges. */
function countedIn(region: SimulatedRegion, jobIds: ReadonlySet<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { path, fields } of documents(region.data)) {
    if (!path.includes("/receipts/") || !jobIds.has(path.split("/").at(-1) ?? "")) continue;
    const { payload } = fields.envelope as { payload: string };
    const { stores, purged } = JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as {
      stores?: { name: string; count: number }[];
      purged?: Record<string, number>;
    };
    const said = stores?.map(({ name, count }) => [name, count] as const) ?? Object.entries(purged ?? {});
    for (const [name, count] of said) counts[name] = (counts[name] ?? 0) + count;
  }
  return counts;
}

/** Where receipts say another number than was deleted. */
function miscounts(whose: string, said: Record<string, number>, deleted: Record<string, number>): string[] {
  return personalCollections
    .filter(({ database, erasure }) => database === "data" && erasure.action === "delete")
    .filter(({ name }) => (said[name] ?? 0) !== (deleted[name] ?? 0))
    .map(({ name }) => `receipts of ${whose} say ${said[name] ?? 0} ${name}, deleted were ${deleted[name] ?? 0}`);
}

/** Tiles of a log's published size that its bucket lacks or that are cut short. */
async function missingTiles(deps: Deps, tenantId: string, size: number): Promise<string[]> {
  const faults: string[] = [];
  for (const tile of changedTiles(0, size)) {
    const bytes = await deps.buckets.read("ledger", ledgerObject(tenantId, tilePath(tile)));
    if (bytes?.length !== tile.width * hashBytes) faults.push(`the log lacks ${tilePath(tile)}`);
  }
  return faults;
}

/** Checks the log: every entry integrated once, the bundles hash to the signed root, the acts of an erasure recorded once. */
async function checkLedger(
  deps: Deps,
  region: SimulatedRegion,
  tenantId: string,
  erasures: readonly Job[],
): Promise<string[]> {
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
  if (state.published.size !== state.size)
    faults.push(`tiles are published up to ${state.published.size} of ${state.size}`);
  faults.push(...(await missingTiles(deps, tenantId, state.published.size)));
  const actions = leaves.map((leaf) => decodeLeaf(leaf).action);
  const purged = [...region.data.paths()].filter((path) => {
    const isTombstone = path.split("/").at(-2) === "tombstones";
    return isTombstone && region.data.find(path)?.fields.kind === "purge";
  });
  const expected = {
    "erasure-requested": erasures.length,
    "key-destroyed": 1 + purged.length,
    "erasure-completed": erasures.length,
  };
  for (const [action, times] of Object.entries(expected)) {
    const count = actions.filter((each) => each === action).length;
    if (count !== times) faults.push(`${count} entries ${action}, not ${times}`);
  }
  return faults;
}

/** What there was of those who stay before the faults. */
export interface Before {
  bob: ReadonlyMap<string, string>;
  erin: ReadonlyMap<string, string>;
}

/** Reads what there is of those who stay; of one of whom a part may be erased, all but that part. */
export async function contentBefore(deps: Deps, region: SimulatedRegion, { bob, erin }: Cast): Promise<Before> {
  const ofErin = erin === undefined ? [] : [...(await contentOf(deps, region, erin.person))];
  return {
    bob: await contentOf(deps, region, bob),
    erin: new Map(ofErin.filter(([place]) => !isIn(region, erin?.part, place))),
  };
}

/** Whether a place is the chat or lead itself, or belongs to it. A lead names the chat it was left in, and is not a part of it. */
function isIn(region: SimulatedRegion, part: Part | undefined, place: string): boolean {
  const [path = ""] = place.split(" ");
  const id = part?.kind === "lead" ? part.leadId : part?.conversationId;
  if (id === undefined || path.split("/").includes(id)) return id !== undefined;
  return !path.includes("/leads/") && region.data.find(path)?.fields.conversationId === id;
}

/** What is wrong with the part of a person that was erased, and with the rest of that person. */
async function checkPart(
  deps: Deps,
  region: SimulatedRegion,
  { person, part }: NonNullable<Cast["erin"]>,
  rest: ReadonlyMap<string, string>,
): Promise<string[]> {
  const after = await contentOf(deps, region, person);
  const left = [...after.keys()].filter((place) => isIn(region, part, place));
  return [...left.map((place) => `record of the erased ${part.kind}: ${place}`), ...losses(rest, after)];
}

/**
 * What must hold when a story has ended and every job had time to finish.
 *
 * @param before - what there was of those who stay before the faults.
 * @param deleted - what was deleted since.
 * @returns what does not hold, in words; empty when all does.
 */
export async function check(
  deps: Deps,
  region: SimulatedRegion,
  cast: Cast,
  before: Before,
  deleted: ReturnType<typeof watchDeletions>,
): Promise<string[]> {
  const { tenantId } = cast.shop;
  const jobs = [...documents(region.data)]
    .filter(({ path }) => path.includes("/jobs/") && !path.includes("/shards/"))
    .map(({ path, fields }) => ({ path, ...(fields as unknown as Job) }));
  const erasures = jobs.filter(({ kind }) => kind === "erasure");
  const faults = await checkLedger(deps, region, tenantId, erasures);
  for (const place of placesOf(region, cast.alice.subjectId))
    if (!isKept(cast.held, place)) faults.push(`record of the erased person: ${place}`);
  if (cast.held !== undefined) faults.push(...(await checkHeld(deps, region, tenantId, cast.held)));
  // A client that was cut off too often gave up: then nothing was asked for.
  const isPartErased = erasures.some(({ targets }) => targets.subjectId === cast.erin?.person.subjectId);
  faults.push(...wordsLeft(region, cast.held, isPartErased ? [canary, partCanary] : [canary]));
  faults.push(...losses(before.bob, await contentOf(deps, region, cast.bob)));
  if (cast.erin !== undefined && isPartErased) faults.push(...(await checkPart(deps, region, cast.erin, before.erin)));
  for (const { path, kind, state, failure } of jobs) {
    if (kind === "erasure" && state !== "done")
      faults.push(`erasure ${path} is ${state}: ${failure?.code ?? "no reason"}`);
    if (state !== "done" && !(state === "failed" && failure !== undefined) && state !== "cancelled")
      faults.push(`job ${path} is ${state}`);
  }
  const of = (collection: string) =>
    [...region.data.paths()].filter((path) => path.split("/").at(-2) === collection).length;
  if (erasures.filter(({ targets }) => targets.scope === "person").length !== 1)
    faults.push("not exactly one erasure of a person");
  const asked = erasures.map(({ targets }) => textOf(targets.leadId ?? targets.conversationId ?? targets.subjectId));
  if (new Set(asked).size !== asked.length) faults.push("two erasures of one thing");
  const idsOf = (of: readonly { path: string }[]) => new Set(of.map(({ path }) => path.split("/").at(-1) ?? ""));
  const purges = idsOf(jobs.filter(({ kind }) => kind === "retention"));
  const receipts = [...region.data.paths()]
    .filter((path) => path.includes("/receipts/"))
    .filter((path) => !purges.has(path.split("/").at(-1) ?? ""));
  if (receipts.length !== erasures.length) faults.push(`${receipts.length} receipts of ${erasures.length} erasures`);
  const erased = [cast.alice, ...(cast.erin === undefined ? [] : [cast.erin.person])];
  const idsOfPersons = (persons: readonly { subjectId: string }[]) => persons.map(({ subjectId }) => subjectId);
  faults.push(
    ...miscounts("erasures", countedIn(region, idsOf(erasures)), deleted(idsOfPersons(erased))),
    ...miscounts("purges", countedIn(region, purges), deleted(idsOfPersons(cast.guests))),
  );
  for (const { path, fields } of documents(region.data))
    if (path.includes("/tombstones/") && fields.state !== "done") faults.push(`${path} is ${String(fields.state)}`);
  if (of("jobInputs") !== 0) faults.push("the job kept what it knew");
  if ([...region.keys.paths()].some((path) => path.includes("/jobKeys/"))) faults.push("the job's key is left");
  return faults;
}
