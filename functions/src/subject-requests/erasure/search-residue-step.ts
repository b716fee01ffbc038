import { collectionsInScope, countRecords, deleteRecords, pageOfRecords } from "../../inventory/subject-records.ts";
import type { Job, JobStep } from "../../jobs/job.ts";
import { hideSourced, sourcedLeft } from "../../knowledge/hide-source.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { log } from "../../platform/log.ts";
import { holdsInForce, isHeld } from "../held-items.ts";
import { sourceOf } from "./hide-knowledge-step.ts";
import { recordScopeOf, scopeOfJob } from "./scope.ts";

/**
 * Counts, for every collection the inventory declares at this moment, what is left of the scope. A collection declared
 * while the job ran is caught here. What is found is deleted and counted again; anything left then fails the job.
 */
export const searchResidue: JobStep<Deps> = {
  name: "search-residue",
  async run(deps, { job }) {
    const scope = recordScopeOf(job.tenantId, scopeOfJob(job));
    const holds = await holdsInForce(
      deps.stores,
      { tenantId: job.tenantId, subjectId: scope.subjectId },
      job.createdAt,
    );
    const searched = collectionsInScope(scope).filter((entry) => entry.erasure.action !== "keep");
    let found = 0;
    for (const entry of searched) {
      if (holds.length === 0 && (await countRecords(deps.stores, entry, scope)) === 0) continue;
      const left = async () => {
        const { records } = await pageOfRecords(deps.stores, entry, scope, { limit: 500, idsOnly: true });
        return records.map((record) => record.path).filter((path) => !isHeld(holds, path));
      };
      const residue = await left();
      if (residue.length === 0) continue;
      found += residue.length;
      log.warn("residue found", { jobId: job.id, collection: entry.name, count: residue.length });
      await deleteRecords(deps.stores, entry, residue);
      const still = await left();
      if (still.length > 0)
        throw new AppError("residue-found", `${still.length} records of ${entry.name} remain; retry the job`);
    }
    found += await searchKnowledge(deps, job);
    return { done: true, counts: { "residue.searched": searched.length + 2, "residue.found": found } };
  },
};

/** Answers that staff saved while the job ran: put aside as the step before did. */
async function searchKnowledge(deps: Deps, job: Job): Promise<number> {
  const source = sourceOf(job.tenantId, scopeOfJob(job));
  if (source === undefined || (await sourcedLeft(deps, source)) === 0) return 0;
  const hidden = await hideSourced(deps, source);
  const still = await sourcedLeft(deps, source);
  if (still > 0) throw new AppError("residue-found", `${still} records of knowledge remain; retry the job`);
  return hidden;
}
