import { decodeLeaf, type Leaf } from "../../functions/src/ledger/leaf.ts";
import { pageOfEntries } from "../../functions/src/ledger/page-of-entries.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";

/** The leaves of a tenant's trail, oldest first; at most the newest 1,000. */
export async function leavesOf(deps: Deps, tenantId: string): Promise<Leaf[]> {
  const { entries } = await pageOfEntries(deps.stores, tenantId, {}, { limit: 1_000 });
  return entries.map(({ leaf }) => decodeLeaf(leaf)).reverse();
}

/** The actions of a tenant's trail, sorted: entries of one instant have no order among them. */
export async function actionsOf(deps: Deps, tenantId: string): Promise<string[]> {
  return (await leavesOf(deps, tenantId)).map(({ action }) => action).sort();
}

/** Runs something and tells which actions it left in the trail. */
export async function actionsDuring(deps: Deps, tenantId: string, act: () => Promise<unknown>): Promise<string[]> {
  const before = await actionsOf(deps, tenantId);
  await act();
  const after = await actionsOf(deps, tenantId);
  for (const action of before) after.splice(after.indexOf(action), 1);
  return after;
}
