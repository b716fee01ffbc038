import type { Deps } from "../platform/deps.ts";
import { contentOf, payloadFiles } from "./payload-files.ts";
import type { Export } from "./store.ts";

/**
 * A person's export as one JSON document: `{format, exportId, createdAt, files: {...}}` with each payload file under its path.
 * One part in memory at a time.
 */
export async function* subjectJson(deps: Deps, entry: Export): AsyncGenerator<Uint8Array> {
  const head = { format: "lethe-subject-export-v1", exportId: entry.id, createdAt: entry.createdAt.toISOString() };
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},"files":{`);
  let first = true;
  for (const file of await payloadFiles(deps, entry)) {
    yield Buffer.from(`${first ? "" : ","}\n${JSON.stringify(file.path)}:`);
    first = false;
    yield* contentOf(deps, file);
  }
  yield Buffer.from("\n}}\n");
}
