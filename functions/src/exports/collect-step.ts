import type { SealingKey } from "../crypto/envelope.ts";
import { keyAt, slotOf } from "../crypto/keyring.ts";
import { type SubjectRecord, streamAllRecords, streamRecords } from "../inventory/subject-records.ts";
import { countEveryRecord } from "../inventory/tenant-records.ts";
import type { JobStep, StepRun } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertBuilding } from "./assert-building.ts";
import { type ExportedCollection, exportedCollections, partPath } from "./payload-files.ts";
import { recordJson } from "./record-json.ts";
import type { Export } from "./store.ts";

type KeyPlace = Parameters<typeof keyAt>[1];

/** Records read by one query, between two saves, and so lost to a crash at most: seconds of work. */
const pageSize = 10_000;
/** Records in a part; two parts are in memory at once. */
const partSize = 500;

/** Reads collection by collection, page by page, and writes parts of each page; one billable read a record. */
export const collect: JobStep<Deps> = {
  name: "collect",
  async run(deps, { job, cursor, keepLease }) {
    const entry = await assertBuilding(deps, job);
    const plan = exportedCollections(entry.scope);
    const name = typeof cursor?.collection === "string" ? cursor.collection : plan[0]?.entry.name;
    const index = plan.findIndex((candidate) => candidate.entry.name === name);
    const current = plan[index];
    if (current === undefined) return { done: true };
    const part = typeof cursor?.part === "number" ? cursor.part : 0;
    const after = typeof cursor?.after === "string" ? cursor.after : undefined;
    // The parts are durable then; if we stop before the cursor is saved, the page is read once more and they are replaced.
    const goal = cursor === undefined && entry.scope === "account" ? await goalOf(deps, entry.tenantId) : {};
    const page = await writePage(deps, entry, current, { after, part, keepLease });
    const progress = { ...goal, counts: { [current.entry.name]: page.records, records: page.records } };
    if (page.after !== undefined)
      return { next: { collection: current.entry.name, after: page.after, part: page.part }, ...progress };
    const following = plan[index + 1];
    return following === undefined
      ? { done: true, ...progress }
      : { next: { collection: following.entry.name }, ...progress };
  },
};

/** What an account's export has before it; costs one read a thousand records. A person's is over before it could be told. */
async function goalOf({ stores }: Deps, tenantId: string): Promise<{ total: number; totalOf: string }> {
  const plan = exportedCollections("account");
  const counts = await Promise.all(plan.map(({ entry }) => countEveryRecord(stores, entry, tenantId)));
  return { total: counts.reduce((sum, count) => sum + count, 0), totalOf: "records" };
}

/** What writing a page came to; `after` is absent when there are no more. */
type WrittenPage = { records: number; part: number; after?: string };

/**
 * Writes parts as records arrive, one while the next is read. A collection without records has one empty part.
 * When this returns, all parts are durable.
 */
async function writePage(
  deps: Deps,
  entry: Export,
  current: ExportedCollection,
  { after, part: firstPart, keepLease }: { after: string | undefined; part: number; keepLease: StepRun["keepLease"] },
): Promise<WrittenPage> {
  const file = `records/${current.rule.folder}/${current.entry.name}.json`;
  let [records, part]: [number, number] = [0, firstPart];
  let shown: string[] = [];
  // The keys of a part's records, each looked up once: what is destroyed meanwhile opens no part after this one.
  const keys = new Map<string, SealingKey | undefined>();
  let last: string | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const bytes = Buffer.from(shown.join(",\n"));
    const path = partPath(entry, file, part);
    shown = [];
    keys.clear();
    part += 1;
    await writing;
    await keepLease();
    writing = deps.buckets.write("exports", path, bytes, "application/json");
    // Awaited below; without this a failure would count as unhandled while the next records are read.
    writing.catch(() => undefined);
  };
  for await (const record of readPage(deps, entry, current, after)) {
    const place = keyPlaceOf(entry, current, record);
    const slot = place === undefined ? "" : slotOf(place);
    if (place !== undefined && !keys.has(slot)) keys.set(slot, await keyFor(deps, entry, place));
    const key = keys.get(slot);
    shown.push(JSON.stringify(recordJson(current.rule, record, key, current.entry)));
    records += 1;
    last = record.path;
    if (shown.length === partSize) await write();
  }
  if (shown.length > 0 || part === firstPart) await write();
  await writing;
  return records < pageSize || last === undefined ? { records, part } : { records, part, after: last };
}

function readPage(
  deps: Deps,
  entry: Export,
  { entry: source }: ExportedCollection,
  after: string | undefined,
): AsyncGenerator<SubjectRecord> {
  const { tenantId, subjectId } = entry;
  if (entry.scope === "person" && subjectId !== undefined) {
    return streamRecords(deps.stores, source, { tenantId, subjectId }, { after, limit: pageSize });
  }
  return streamAllRecords(deps.stores, source, tenantId, { after, limit: pageSize });
}

/** Where the key of a record is; undefined where nothing is sealed. */
function keyPlaceOf(
  { tenantId, subjectId }: Export,
  { entry }: ExportedCollection,
  { path, data }: SubjectRecord,
): KeyPlace | undefined {
  if (entry.sealedBy !== "dek") return undefined;
  const { evidenceId } = data;
  if (typeof evidenceId === "string") return { collection: "evidence", tenantId, itemId: evidenceId };
  const named = typeof data.subjectId === "string" ? data.subjectId : (path.split("/").at(-1) ?? "");
  return { collection: "deks", tenantId, subjectId: subjectId ?? named };
}

/**
 * A key of records. In a whole-account export a person who is erased meanwhile is left without sealed fields;
 * in a person's own, the export ends.
 */
async function keyFor(deps: Deps, { scope }: Export, place: KeyPlace): Promise<SealingKey | undefined> {
  try {
    return await keyAt(deps, place);
  } catch (error) {
    const isAccountsOwn = scope === "account" && place.collection === "deks";
    if (isAccountsOwn && error instanceof AppError && error.code === "subject-erased") return undefined;
    throw error;
  }
}
