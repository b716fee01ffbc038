import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { completeRenewals } from "./record-renewal.ts";
import { renewTenant } from "./renew-tenant.ts";
import { settleVersions } from "./settle-versions.ts";
import { pageOfKeyHolders, readKeySweep, saveKeySweep } from "./store.ts";

const pageSize = 100;
/** Tenants of one run; a larger region is gone through over several days. */
const tenantsPerRun = 5_000;

/**
 * Goes through the tenants of a region, from where the last run stopped: wraps their keys under Cloud KMS's primary
 * version where an older one wraps them, starts the yearly rotation of each that is due, and counts which version wraps
 * how many. A round that is complete then settles which old versions may go. Safe to run twice and to stop anywhere.
 *
 * @throws AppError `key-unavailable`: nothing is lost, the next run goes on.
 */
export async function sweepKeys(
  deps: Deps,
  { atMost = tenantsPerRun, page = pageSize }: { atMost?: number; page?: number } = {},
): Promise<void> {
  const primary = await deps.kms.primaryVersion(deps.kekName);
  await completeRenewals(deps, primary);
  const { readAt, ...state } = await readKeySweep(deps.stores);
  const own = deps.clock.now();
  const server = deps.clock.fromServer?.(readAt) ?? own;
  // The earlier of two clocks: one that runs ahead destroys nothing early.
  const now = new Date(Math.min(own.getTime(), server.getTime()));
  // What was counted under another primary version says nothing about this one.
  const round = state.round?.primary === primary ? state.round : { primary, after: "", uses: {} };
  const uses: Record<string, number> = { ...round.uses };
  let { after } = round;
  for (let seen = 0; seen < atMost; seen += page) {
    const tenantIds = await pageOfKeyHolders(deps.stores, after, page);
    for (const tenantId of tenantIds)
      for (const version of await renewTenant(deps, tenantId, primary, now)) uses[version] = (uses[version] ?? 0) + 1;
    after = tenantIds.at(-1) ?? after;
    if (tenantIds.length < page) {
      const versions = await settleVersions(deps, primary, uses, state.versions, now);
      await saveKeySweep(deps.stores, { versions, roundEndedAt: now }, own);
      log.info("swept keys", { count: Object.values(uses).reduce((sum, count) => sum + count, 0) });
      return;
    }
    await saveKeySweep(deps.stores, { ...state, round: { primary, after, uses } }, own);
  }
}
