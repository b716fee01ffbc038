import type { Job } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { type Hold, holdsAgainst } from "../held-items.ts";
import { scopeOfJob } from "./scope.ts";

/**
 * The holds that an erasure passes over: over its person, in force when it was asked for, and neither lifted nor lapsed.
 * One that follows another hold's end was asked for by nobody, and passes over all that have not lapsed.
 */
export function holdsOf(deps: Deps, job: Job): Promise<Hold[]> {
  const { subjectId } = scopeOfJob(job);
  const askedAt = job.targets.holdId === undefined ? job.createdAt : undefined;
  return holdsAgainst(deps.stores, { tenantId: job.tenantId, subjectId }, { askedAt, now: deps.clock.now() });
}
