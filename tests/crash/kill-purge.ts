import { expect } from "@jest/globals";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { dayMs } from "../../functions/src/platform/time.ts";
import { startRetention } from "../../functions/src/retention/sweep-retention.ts";
import { openShop } from "../support/shop.ts";
import { type ForkedCloud, integratedActions, notOnce } from "./forked-cloud.ts";
import { killAlong } from "./kill-along.ts";
import { placesNaming, recordsAmong, visit } from "./people.ts";

/** Not `purge-records`: what it deletes is in the receipt, whatever of the others' counts dies with a process. */
const fatal = ["purge-conversations", "purge-persons", "complete"];
/** Who came last year and never again. */
const forgotten = ["grace", "heidi", "ivan"];

/** Three persons are due with all that is theirs, of one a chat and a lead, of one nothing. */
export async function killPurge(cloud: ForkedCloud): Promise<void> {
  const { deps } = cloud;
  // The name puts its hour of the day, when a sweep starts a purge too, at 15 UTC: not just after midnight.
  const shop = await openShop(deps, "purged");
  const { tenantId } = shop;
  const lastYear = new Date(deps.clock.now().getTime() - 400 * dayMs);
  const then = Object.create(deps, { clock: { value: { now: () => lastYear } } }) as Deps;
  const gone: string[] = [];
  for (const name of forgotten) gone.push((await visit(then, shop, name, 2)).subjectId);
  const judy = await visit(then, shop, "judy", 0);
  const letter = { email: "judy@people.example", message: "judy" };
  const oldLead = await createLead(then, judy, letter, "judy-lead-old");
  await createLead(deps, judy, letter, "judy-lead-new");
  await visit(deps, shop, "kim", 1);
  const before = recordsAmong(await placesNaming(deps, tenantId));
  const isDue = (place: string, text: string) =>
    gone.some((subjectId) => `${place} ${text}`.includes(subjectId)) ||
    [judy.conversationId, oldLead.id].includes(place.split("/").at(-1) ?? "");

  const jobId = await startRetention(deps, tenantId, deps.clock.now());
  await killAlong(cloud, { tenantId, jobId, functionName: "retention-step", fatal });

  const after = recordsAmong(await placesNaming(deps, tenantId));
  expect(after).toEqual(new Map([...before].filter(([place, text]) => !isDue(place, text))));
  const receipts = await collectionRef(deps.stores, "receipts", { tenantId }).get();
  expect(receipts.docs.map(({ id }) => id)).toEqual([jobId]);
  const log = await integratedActions(cloud, tenantId);
  expect(notOnce(log, ["retention-run"])).toEqual([]);
  expect(log.filter((action) => action === "key-destroyed")).toHaveLength(forgotten.length);
}
