import { retryUnattended } from "../jobs/retry-job.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { remindOwners } from "./remind-owners.ts";
import { removeRemains } from "./remove-remains.ts";
import { startClosure } from "./start-closure.ts";
import { listDueRemains, listRunningClosures, pageOfClosingTenants } from "./store.ts";

const pageSize = 200;

/**
 * Reminds owners, begins the deletion of accounts whose grace is over, sets failed deletions going again, and deletes
 * what outlived an account once its time is over. Called every hour; a second call at once does nothing more. The time is
 * the database's: an instance whose clock is ahead begins nothing before its time.
 *
 * @throws AggregateError when some accounts could not be seen to; the others were.
 */
export async function sweepClosures(deps: Deps): Promise<void> {
  const failures: unknown[] = [];
  const each = async <Item>(items: readonly Item[], act: (item: Item) => Promise<unknown>) => {
    for (const item of items) await act(item).catch((error: unknown) => void failures.push(error));
  };
  let now = deps.clock.now();
  let after: string | undefined;
  do {
    const page = await pageOfClosingTenants(deps.stores, after, pageSize);
    now = deps.clock.fromServer?.(page.readAt) ?? deps.clock.now();
    const at = now;
    await each(page.tenantIds, async (tenantId) => {
      if (!(await startClosure(deps, tenantId, at))) await remindOwners(deps, tenantId, at);
    });
    after = page.tenantIds.at(-1);
  } while (after !== undefined);
  await each(await listRunningClosures(deps.stores, pageSize), async ({ tenantId, jobId }) => {
    if (await retryUnattended(deps, tenantId, jobId))
      log.error("deletion of an account is tried again", { tenantId, jobId });
  });
  await each(await listDueRemains(deps.stores, now, pageSize), (account) => removeRemains(deps, account, now));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} accounts could not be seen to`);
}
