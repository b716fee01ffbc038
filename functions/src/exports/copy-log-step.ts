import type { Cursor, JobStep } from "../jobs/job.ts";
import { type FolderPlace, type FolderSink, writeLogFolder } from "../ledger/log-folder.ts";
import type { Deps } from "../platform/deps.ts";
import { assertBuilding } from "./assert-building.ts";
import { partPath } from "./payload-files.ts";
import type { Export } from "./store.ts";

/** Bundles and tiles copied between two saves. */
const filesARun = 50;
/** Seconds between two looks for a log that has nothing to show yet. */
const pauseSeconds = 5;

/** Whole accounts: copies the audit log as a folder, as it was when the step began. Goes on by the path of a file. */
export const copyLog: JobStep<Deps> = {
  name: "copy-log",
  async run(deps, { job, cursor }) {
    const entry = await assertBuilding(deps, job);
    if (entry.scope === "person") return { done: true };
    const next = await writeLogFolder(deps, job.tenantId, sinkOf(deps, entry), placeOf(cursor), filesARun);
    if (next === undefined) return { done: true };
    if (next !== "unpublished") return { next: { ...next } };
    await deps.publisher.publish("ledger-nudges", { tenantId: job.tenantId });
    return { waitUntil: new Date(deps.clock.now().getTime() + pauseSeconds * 1000) };
  },
};

function sinkOf(deps: Deps, entry: Export): FolderSink {
  const pathOf = (name: string) => partPath(entry, `bytes/audit-log/${name}`, 0);
  return {
    write: (name, bytes) => deps.buckets.write("exports", pathOf(name), bytes, "application/octet-stream"),
    remove: (name) => deps.buckets.remove("exports", pathOf(name)),
  };
}

function placeOf(cursor: Cursor | undefined): FolderPlace | undefined {
  const { size, first, after } = cursor ?? {};
  if (typeof size !== "number" || typeof first !== "number" || typeof after !== "string") return undefined;
  return { size, first, after };
}
