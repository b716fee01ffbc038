import type { ExportRule } from "../inventory/entry.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import type { PersonalCollection } from "../inventory/subject-records.ts";
import type { Deps } from "../platform/deps.ts";
import type { Export } from "./store.ts";

type Included = Extract<ExportRule, { rule: "include" }>;

/** A collection that an export holds, with what the inventory says of it. */
export interface ExportedCollection {
  entry: PersonalCollection;
  rule: Included;
}

function namesPerson(name: CollectionName): boolean {
  const entry = collections.find((candidate) => candidate.name === name);
  return entry !== undefined && !("none" in entry.dataSubject);
}

/** What an export holds, in the inventory's order: for a person those that name one, for an account all that say so. */
export function exportedCollections(scope: Export["scope"]): ExportedCollection[] {
  return collections.flatMap((entry) => {
    const rule = scope === "person" ? entry.export.person : entry.export.tenant;
    if (rule.rule === "exclude" || (scope === "person" && !namesPerson(entry.name))) return [];
    return [{ entry, rule }];
  });
}

/** The folder in the bucket that holds one export: parts while it is built, then what is handed out. */
export function folderOf(entry: Pick<Export, "id" | "tenantId">): string {
  return `${entry.tenantId}/${entry.id}`;
}

/** Path of a file's part; a repeat of the same page writes the same part. */
export function partPath(entry: Pick<Export, "id" | "tenantId">, file: string, part: number): string {
  return `${folderOf(entry)}/parts/${file}/${String(part).padStart(6, "0")}`;
}

/** What the finished export is called in the bucket. */
export function objectPath(entry: Pick<Export, "id" | "tenantId" | "format">): string {
  return `${folderOf(entry)}/${entry.format === "bag" ? "export.zip" : "subject.json"}`;
}

/** A payload file and how its bytes come: parts joined, in JSON's brackets where they are records. */
export interface PayloadFile {
  /** Path below `data/`, such as `conversations/turns.json`. */
  path: string;
  kind: "records" | "bytes";
  parts: readonly string[];
}

/**
 * Lists the payload files of an export from the parts that were written, in path order.
 * A collection without records has one empty part, so that its file says so.
 */
export async function payloadFiles(deps: Deps, entry: Pick<Export, "id" | "tenantId">): Promise<PayloadFile[]> {
  const prefix = `${folderOf(entry)}/parts/`;
  const objects = await deps.buckets.list("exports", prefix);
  const files = new Map<string, string[]>();
  for (const { path } of objects) {
    const file = path.slice(prefix.length, path.lastIndexOf("/"));
    files.set(file, [...(files.get(file) ?? []), path]);
  }
  const names = [...files.keys()].sort();
  return names.map((name) => {
    const parts = (files.get(name) ?? []).sort();
    const [kind = "", ...rest] = name.split("/");
    return { path: rest.join("/"), kind: kind === "records" ? "records" : "bytes", parts };
  });
}

/** The bytes of a payload file, one part in memory at a time. */
export async function* contentOf(deps: Deps, file: PayloadFile): AsyncGenerator<Uint8Array> {
  if (file.kind === "bytes") {
    for (const part of file.parts) yield* deps.buckets.stream("exports", part);
    return;
  }
  yield Buffer.from("[\n");
  let first = true;
  for (const part of file.parts) {
    const bytes = await deps.buckets.read("exports", part);
    if (bytes === undefined || bytes.length === 0) continue;
    if (!first) yield Buffer.from(",\n");
    first = false;
    yield bytes;
  }
  yield Buffer.from("\n]\n");
}
