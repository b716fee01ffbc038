import { expect } from "@jest/globals";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { openShop } from "../support/shop.ts";
import { type ForkedCloud, integratedActions, notOnce } from "./forked-cloud.ts";
import { killAlong } from "./kill-along.ts";
import { placesNaming, recordsAmong, visit } from "./people.ts";

const fatal = ["record-tombstone", "delete-records", "delete-again", "search-residue", "complete"];
const words = "umbrella-canary";

/** One person is erased, the other is not. */
export async function killErasure(cloud: ForkedCloud): Promise<void> {
  const { deps } = cloud;
  const shop = await openShop(deps, "erasing");
  const { tenantId } = shop;
  const [alice, bob] = [await visit(deps, shop, words), await visit(deps, shop, "bob")];
  const recordsOf = async (subjectId: string) => [...recordsAmong(await placesNaming(deps, subjectId)).keys()].sort();
  const bobBefore = await recordsOf(bob.subjectId);
  expect((await recordsOf(alice.subjectId)).length).toBeGreaterThan(7);

  const scope = { kind: "person", subjectId: alice.subjectId } as const;
  const { jobId } = await requestErasure(deps, shop.staff.actor, tenantId, scope, undefined);
  await killAlong(cloud, { tenantId, jobId, functionName: "erasure-step", fatal });

  expect(await recordsOf(alice.subjectId)).toEqual([]);
  expect(await recordsOf(bob.subjectId)).toEqual(bobBefore);
  const receipts = await collectionRef(deps.stores, "receipts", { tenantId }).get();
  expect(receipts.docs.map(({ id }) => id)).toEqual([jobId]);
  expect([...(await placesNaming(deps, words)).keys()]).toEqual([]);
  const log = await integratedActions(cloud, tenantId);
  expect(notOnce(log, ["erasure-requested", "key-destroyed", "erasure-completed"])).toEqual([]);
}
