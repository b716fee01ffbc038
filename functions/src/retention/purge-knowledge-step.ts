import { collections } from "../inventory/inventory.ts";
import type { JobStep } from "../jobs/job.ts";
import { purgeDocument } from "../knowledge/purge-document.ts";
import type { Deps } from "../platform/deps.ts";
import { purgeable, withoutKept } from "./kept.ts";
import { cursorAt, placeIn } from "./place.ts";
import { cutoffOf } from "./policy.ts";
import { purgeTime } from "./purge-time.ts";
import { listExpired } from "./store.ts";

/** A document has a thousand passages or so: as many as fit into one run. */
const pageSize = 10;

/** Purges documents past their period, each with its passages and files. */
export const purgeKnowledge: JobStep<Deps> = {
  name: "purge-knowledge",
  async run(deps, { job, cursor }) {
    const { tenantId } = job;
    const { policy, now } = await purgeTime(deps, tenantId);
    const cutoff = cutoffOf(policy, "knowledge", now);
    const documents = collections.find((entry) => entry.name === "knowledge");
    if (cutoff === undefined || documents === undefined) return { done: true };
    const page = { after: placeIn(cursor), limit: pageSize };
    const expired = await listExpired(deps.stores, documents, tenantId, cutoff, page);
    const look = { stores: deps.stores, tenantId, now };
    let purged = 0;
    for (const record of await purgeable(look, expired)) {
      const went = await purgeDocument(
        deps,
        { tenantId, documentId: record.id },
        job.id,
        async (tx, { updatedAt }) =>
          updatedAt <= record.agedAt && (await withoutKept({ ...look, tx }, [record])).length > 0,
      );
      if (went) purged += 1;
    }
    const counts = purged === 0 ? {} : { knowledge: purged };
    const last = expired.at(-1);
    return expired.length === pageSize && last !== undefined
      ? { next: cursorAt(last), counts }
      : { done: true, counts };
  },
};
