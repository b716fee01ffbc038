import { collectionsInScope } from "../../inventory/subject-records.ts";
import type { Job } from "../../jobs/job.ts";
import type { JsonObject } from "../../ledger/canonical-json.ts";
import type { Hold } from "../held-items.ts";
import type { Tombstone } from "../store.ts";
import { copies, exceptionOf } from "./preview-erasure.ts";
import { type ErasureScope, recordScopeOf } from "./scope.ts";

/** Payload type of an erasure receipt's envelope. */
export const erasureReceiptType = "application/vnd.lethe.erasure-receipt.v1+json";

const dayMs = 86_400_000;
/** Days that backups of keys-<region> live. */
const keyBackupDays = 7;

/**
 * What an erasure did, as the payload of its receipt: no personal data, nothing that it cannot show.
 *
 * `unreadableBy` is there only where a DEK went: until then a backup of the keys could open sealed fields of a backup of
 * the data. `purgedBy` is the end of the longest window of any store that was touched.
 */
export function erasureReceipt(facts: {
  job: Job;
  scope: ErasureScope;
  tombstone: Tombstone | undefined;
  holds: readonly Hold[];
  issuedAt: Date;
}): JsonObject {
  const { job, scope, tombstone, holds, issuedAt } = facts;
  const finishedAt = issuedAt.toISOString();
  const destroyedAt = tombstone?.keyDestroyedAt;
  const records = collectionsInScope(recordScopeOf(job.tenantId, scope));
  const stores = records
    .filter((entry) => entry.erasure.action !== "keep")
    .map((entry) => ({
      name: entry.name,
      action: entry.erasure.action,
      count: entry.erasure.action === "destroy-key" ? Number(destroyedAt !== undefined) : (job.counts[entry.name] ?? 0),
      finishedAt,
    }));
  const files = {
    name: "exportFiles",
    action: "delete",
    count: (job.counts.exportFiles ?? 0) + (job.counts.accountExports ?? 0),
    finishedAt,
  };
  const toReview = job.counts["knowledge.toReview"] ?? 0;
  const longestDays = Math.max(...copies.filter((copy) => copy.kind === "backup").map((copy) => copy.windowDays));
  return {
    version: 1,
    receiptId: job.id,
    requestId: job.targets.requestId ?? job.id,
    tenantId: job.tenantId,
    scope: scope.kind,
    requestedAt: job.createdAt.toISOString(),
    issuedAt: finishedAt,
    stores: [...stores, files],
    exceptions: [
      ...copies.map(({ name, erasure }) => exceptionOf(name, erasure)),
      ...(toReview === 0
        ? []
        : [
            {
              name: "knowledge",
              reason: `${toReview} answers that staff saved from the chats are out of use until somebody has reviewed them`,
              until: "rewritten without personal data, or deleted",
            },
          ]),
      ...holds.map((hold) => ({ name: `hold ${hold.id}`, reason: hold.basis, until: hold.endsAt.toISOString() })),
    ],
    recipients: (tombstone?.recipients ?? []).map((recipient) => ({ ...recipient })),
    ...(destroyedAt === undefined
      ? {}
      : { unreadableBy: new Date(destroyedAt.getTime() + keyBackupDays * dayMs).toISOString() }),
    purgedBy: new Date(issuedAt.getTime() + longestDays * dayMs).toISOString(),
    providerRemanence:
      "Google Cloud deletes storage that a customer deleted within 180 days (Data Processing Addendum, section 6).",
    residue: {
      method: "query by subject id over every collection that the inventory declares",
      searched: job.counts["residue.searched"] ?? 0,
      found: 0,
      notSearched: ["free text of other persons", "copies that were downloaded"],
    },
  };
}
