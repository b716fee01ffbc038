import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertBuilding } from "./assert-building.ts";
import { partPath } from "./payload-files.ts";

/** Files copied between two saves. */
const filesARun = 20;

/** Whole accounts: copies the original documents. Goes on by object path. */
export const copyFiles: JobStep<Deps> = {
  name: "copy-files",
  async run(deps, { job, cursor, keepLease }) {
    const entry = await assertBuilding(deps, job);
    if (entry.scope === "person") return { done: true };
    const prefix = `${job.tenantId}/`;
    const after = typeof cursor?.after === "string" ? cursor.after : "";
    const objects = (await deps.buckets.list("knowledge", prefix)).filter((object) => object.path > after);
    const batch = objects.sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, filesARun);
    for (const { path } of batch) {
      const file = `bytes/knowledge/files/${path.slice(prefix.length)}`;
      await keepLease();
      await copyIfThere(deps, path, partPath(entry, file, 0));
    }
    const last = batch.at(-1);
    if (last !== undefined && batch.length < objects.length)
      return { next: { after: last.path }, counts: { files: batch.length } };
    return { done: true, counts: { files: batch.length } };
  },
};

/** Copies a document's file, unless it was deleted since it was listed: then it is none of the account's any more. */
async function copyIfThere(deps: Deps, from: string, to: string): Promise<void> {
  const content = deps.buckets.stream("knowledge", from);
  try {
    await deps.buckets.write("exports", to, content, "application/octet-stream");
  } catch (error) {
    const isAbsent = error instanceof AppError && error.code === "not-found";
    const isThere = async () => (await deps.buckets.list("knowledge", from)).some(({ path }) => path === from);
    if (!isAbsent || (await isThere())) throw error;
  }
}
