import type { QueryDocumentSnapshot } from "@google-cloud/firestore";
import { expect } from "@jest/globals";
import { z } from "zod";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import { personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { dayMs } from "../../functions/src/platform/time.ts";
import { startRetention } from "../../functions/src/retention/sweep-retention.ts";
import { openShop } from "../support/shop.ts";
import { type ForkedCloud, integratedActions, notOnce } from "./forked-cloud.ts";
import { killAlong } from "./kill-along.ts";
import { placesNaming, recordsAmong, visit } from "./people.ts";

const fatal = ["purge-conversations", "purge-records leads", "purge-persons", "complete"];
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
  expect(purgedIn(receipts.docs[0])).toMatchObject({
    persons: forgotten.length,
    ...countsOf([...before.keys()], [...after.keys()]),
  });
  const log = await integratedActions(cloud, tenantId);
  expect(notOnce(log, ["retention-run"])).toEqual([]);
  expect(log.filter((action) => action === "key-destroyed")).toHaveLength(forgotten.length);
}

const envelopeShape = z.object({ payload: z.base64() });
const statementShape = z.object({ purged: z.record(z.string(), z.number()) });

/** What a receipt says was purged. */
function purgedIn(receipt: QueryDocumentSnapshot | undefined): Record<string, number> {
  const { payload } = envelopeShape.parse(receipt?.get("envelope"));
  return statementShape.parse(JSON.parse(Buffer.from(payload, "base64").toString("utf8"))).purged;
}

/** How many records are gone of each collection whose every deletion is counted in its own commit. */
function countsOf(before: readonly string[], after: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const place of before) {
    const entry = personalCollections.find(({ path }) => path.split("/").at(-2) === place.split("/").at(-2));
    if (after.includes(place) || entry?.database !== "data" || entry.erasure.action !== "delete") continue;
    counts[entry.name] = (counts[entry.name] ?? 0) + 1;
  }
  return counts;
}
