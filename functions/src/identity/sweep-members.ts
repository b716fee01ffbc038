import type { Deps } from "../platform/deps.ts";
import { settleMember } from "./settle-member.ts";
import { listUnsettledMembers } from "./store.ts";

/** Members of one run; the rest waits for the next. */
const perRun = 200;

/**
 * Settles every member of the region whom an addition or a removal left half-way. Called every hour; a call at the same
 * time does the same again.
 *
 * @throws AggregateError when some could not be settled; the others were.
 */
export async function sweepMembers(deps: Deps): Promise<void> {
  const failures: unknown[] = [];
  for (const { tenantId, uid } of await listUnsettledMembers(deps.stores, perRun)) {
    await settleMember(deps, tenantId, uid).catch((error: unknown) => void failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} members could not be settled`);
}
