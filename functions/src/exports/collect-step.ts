import type { SealingKey } from "../crypto/envelope.ts";
import { dekOf, keyAt } from "../crypto/keyring.ts";
import { pageOfAllRecords, pageOfRecords, type RecordPage, type SubjectRecord } from "../inventory/subject-records.ts";
import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertBuilding } from "./assert-building.ts";
import { type ExportedCollection, exportedCollections, partPath } from "./payload-files.ts";
import { recordJson } from "./record-json.ts";
import type { Export } from "./store.ts";

/** Records read by one call and lost to a crash at most. */
const pageSize = 1_000;

/** Reads collection by collection, page by page, and writes each page as a part; one billable read a record. */
export const collect: JobStep<Deps> = {
  name: "collect",
  async run(deps, { job, cursor }) {
    const entry = await assertBuilding(deps, job);
    const plan = exportedCollections(entry.scope);
    const name = typeof cursor?.collection === "string" ? cursor.collection : plan[0]?.entry.name;
    const index = plan.findIndex((candidate) => candidate.entry.name === name);
    const current = plan[index];
    if (current === undefined) return { done: true };
    const part = typeof cursor?.part === "number" ? cursor.part : 0;
    const after = typeof cursor?.after === "string" ? cursor.after : undefined;
    const page = await readPage(deps, entry, current, after);
    const shown = await showPage(deps, entry, current, page.records);
    const file = `records/${current.rule.folder}/${current.entry.name}.json`;
    await deps.buckets.write(
      "exports",
      partPath(entry, file, part),
      Buffer.from(shown.join(",\n")),
      "application/json",
    );
    // The part is durable; if we stop before the cursor is saved, the page is read once more and the part replaced.
    const counts = { [current.entry.name]: shown.length, records: shown.length };
    if (page.after !== undefined)
      return { next: { collection: current.entry.name, after: page.after, part: part + 1 }, counts };
    const following = plan[index + 1];
    return following === undefined ? { done: true, counts } : { next: { collection: following.entry.name }, counts };
  },
};

function readPage(
  deps: Deps,
  entry: Export,
  { entry: source }: ExportedCollection,
  after: string | undefined,
): Promise<RecordPage> {
  if (entry.scope === "person" && entry.subjectId !== undefined) {
    return pageOfRecords(
      deps.stores,
      source,
      { tenantId: entry.tenantId, subjectId: entry.subjectId },
      { after, limit: pageSize },
    );
  }
  return pageOfAllRecords(deps.stores, source, entry.tenantId, { after, limit: pageSize });
}

async function showPage(
  deps: Deps,
  entry: Export,
  { entry: source, rule }: ExportedCollection,
  records: readonly SubjectRecord[],
): Promise<string[]> {
  const shown: string[] = [];
  for (const record of records) {
    const key = source.sealedBy === "dek" ? await keyFor(deps, entry, record) : undefined;
    shown.push(JSON.stringify(recordJson(rule, record, key, source)));
  }
  return shown;
}

/**
 * The key of a record. In a whole-account export a person who is erased meanwhile is left without sealed fields;
 * in a person's own, the export ends.
 */
async function keyFor(deps: Deps, entry: Export, record: SubjectRecord): Promise<SealingKey | undefined> {
  const { tenantId } = entry;
  if (typeof record.data.evidenceId === "string")
    return keyAt(deps, { collection: "evidence", tenantId, itemId: record.data.evidenceId });
  const named =
    typeof record.data.subjectId === "string" ? record.data.subjectId : (record.path.split("/").at(-1) ?? "");
  try {
    return await dekOf(deps, { tenantId, subjectId: entry.subjectId ?? named });
  } catch (error) {
    if (entry.scope === "account" && error instanceof AppError && error.code === "subject-erased") return undefined;
    throw error;
  }
}
