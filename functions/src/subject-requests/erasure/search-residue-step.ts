import { removeStrayExports } from "../../exports/remove-stray-exports.ts";
import {
  collectionsInScope,
  countRecords,
  type PersonalCollection,
  pageOfRecords,
} from "../../inventory/subject-records.ts";
import { deleteCounted } from "../../jobs/delete-counted.ts";
import type { Job, JobStep } from "../../jobs/job.ts";
import { hideSourced, sourcedLeft } from "../../knowledge/hide-source.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { log } from "../../platform/log.ts";
import { type Hold, isHeld } from "../held-items.ts";
import { destroyEvidence } from "../reseal-held.ts";
import { findTombstoneIn, updateTombstone } from "../store.ts";
import { holdsOf } from "./held-by-job.ts";
import { sourceOf } from "./hide-knowledge-step.ts";
import { recordScopeOf, scopeOfJob } from "./scope.ts";

const pageSize = 1_000;

/**
 * Looks through every collection the inventory declares at this moment for what is left of the scope, and through the
 * export files. A collection declared while the job ran is caught here. What is found is deleted and searched again;
 * anything left then fails the job. The tombstone keeps what was searched and found, for the receipt.
 */
export const searchResidue: JobStep<Deps> = {
  name: "search-residue",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    const scope = scopeOfJob(job);
    const holds = await holdsOf(deps, job);
    const searched = collectionsInScope(recordScopeOf(tenantId, scope)).filter(
      ({ erasure }) => erasure.action !== "keep",
    );
    let found = 0;
    for (const entry of searched) found += await searchCollection(deps, job, entry, holds);
    found += await searchKnowledge(deps, job);
    found += await removeStrayExports(deps, tenantId);
    // The key of an item that a hold released while the job ran.
    if (scope.kind === "person") found += await destroyEvidence(deps, { tenantId, subjectId: scope.subjectId }, holds);
    const names = [...searched.map(({ name }) => name), ...(scope.kind === "lead" ? [] : ["knowledge"]), "exportFiles"];
    const residue = { searched: names, found, finishedAt: deps.clock.now() };
    await deps.stores.data.runTransaction(async (tx) => {
      const tombstone = await findTombstoneIn(tx, deps.stores, tenantId, id);
      if (tombstone !== undefined) updateTombstone(tx, deps.stores, { id, tenantId }, { residue });
    });
    return { done: true, counts: { "residue.searched": names.length, "residue.found": found } };
  },
};

/** @returns how many records were left and are deleted. */
async function searchCollection(
  deps: Deps,
  job: Job,
  entry: PersonalCollection,
  holds: readonly Hold[],
): Promise<number> {
  const scope = recordScopeOf(job.tenantId, scopeOfJob(job));
  if (holds.length === 0 && (await countRecords(deps.stores, entry, scope)) === 0) return 0;
  const walk = async (visit: (paths: string[]) => Promise<void>): Promise<number> => {
    let [left, after]: [number, string | undefined] = [0, undefined];
    do {
      const page = await pageOfRecords(deps.stores, entry, scope, { after, limit: pageSize, idsOnly: true });
      const paths = page.records.map(({ path }) => path).filter((path) => !isHeld(holds, path));
      await visit(paths);
      left += paths.length;
      after = page.after;
    } while (after !== undefined);
    return left;
  };
  const found = await walk(async (paths) => void (await deleteCounted(deps.stores, job, entry, paths)));
  if (found === 0) return 0;
  log.warn("residue found", { jobId: job.id, collection: entry.name, count: found });
  const still = await walk(async () => undefined);
  if (still > 0) throw new AppError("residue-found", `${still} records of ${entry.name} remain; retry the job`);
  return found;
}

/** Answers that staff saved while the job ran: put aside as the step before did. */
async function searchKnowledge(deps: Deps, job: Job): Promise<number> {
  const source = sourceOf(job.tenantId, scopeOfJob(job));
  if (source === undefined || (await sourcedLeft(deps, source)) === 0) return 0;
  const hidden = await hideSourced(deps, source);
  const still = await sourcedLeft(deps, source);
  if (still > 0) throw new AppError("residue-found", `${still} records of knowledge remain; retry the job`);
  return hidden;
}
