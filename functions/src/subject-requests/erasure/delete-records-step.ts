import { collectionsInScope, pageOfRecords } from "../../inventory/subject-records.ts";
import { deleteCounted } from "../../jobs/delete-counted.ts";
import type { JobStep, StepResult, StepRun } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { log } from "../../platform/log.ts";
import { isHeld } from "../held-items.ts";
import { holdsOf } from "./held-by-job.ts";
import { recordScopeOf, scopeOfJob } from "./scope.ts";

/** Records listed by one call; deleted 500 a commit, so that a bulk costs one call for each 400 records and more. */
const pageSize = 4_000;

/** Collections whose records an erasure deletes: all of the scope's but keys, which a step of their own destroys, and kept ones. */
function deletableNames(job: StepRun["job"]): string[] {
  const scope = recordScopeOf(job.tenantId, scopeOfJob(job));
  return collectionsInScope(scope)
    .filter((entry) => entry.erasure.action === "delete")
    .map((entry) => entry.name);
}

async function deletePage(deps: Deps, { job, cursor }: StepRun): Promise<StepResult> {
  const scope = recordScopeOf(job.tenantId, scopeOfJob(job));
  const names = deletableNames(job);
  const name = typeof cursor?.collection === "string" ? cursor.collection : names[0];
  const entry = collectionsInScope(scope).find((candidate) => candidate.name === name);
  if (name === undefined || entry === undefined) return { done: true };
  const after = typeof cursor?.after === "string" ? cursor.after : undefined;
  const page = await pageOfRecords(deps.stores, entry, scope, { after, limit: pageSize, idsOnly: true });
  const holds = await holdsOf(deps, job);
  const paths = page.records.map((record) => record.path).filter((path) => !isHeld(holds, path));
  const counts = await deleteCounted(deps.stores, job, entry, paths);
  if (paths.length > 0) log.info("erased records", { jobId: job.id, collection: name, count: paths.length });
  if (page.after !== undefined) return { next: { collection: name, after: page.after }, counts };
  const next = names[names.indexOf(name) + 1];
  return next === undefined ? { done: true, counts } : { next: { collection: next }, counts };
}

/** Deletes what the inventory says, collection by collection, page by page. */
export const deleteRecordsStep: JobStep<Deps> = { name: "delete-records", run: deletePage };

/** The same again, once no instance can still hold an unwrapped key or a turn begun before the freeze. */
export const deleteAgain: JobStep<Deps> = { name: "delete-again", run: deletePage };
