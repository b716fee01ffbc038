import { inventory } from "../../inventory/inventory.ts";
import { collectionsInScope } from "../../inventory/subject-records.ts";
import type { Job } from "../../jobs/job.ts";
import type { JsonObject } from "../../ledger/canonical-json.ts";
import { dayMs } from "../../platform/time.ts";
import type { Hold } from "../held-items.ts";
import type { Tombstone } from "../store.ts";
import { copies, type Exception, exceptionsOf } from "./exceptions.ts";
import { type ErasureScope, recordScopeOf } from "./scope.ts";

/** Payload type of an erasure receipt's envelope. */
export const erasureReceiptType = "application/vnd.lethe.erasure-receipt.v1+json";

/** What a receipt is made of. */
export interface ErasureFacts {
  job: Job;
  scope: ErasureScope;
  tombstone: Tombstone | undefined;
  /** What the erasure passed over. */
  holds: readonly Hold[];
  issuedAt: Date;
}

/**
 * What an erasure did, as the payload of its receipt: no personal data, nothing that it cannot show.
 *
 * `finishedAt` of a store is when the last search found nothing left in it; of a key, when it was destroyed. `unreadableBy`
 * is there only where a key went: until then a backup of the keys could open sealed fields of a backup of the data.
 * `purgedBy` is the end of the longest window of any store that was touched. `hold` names the hold whose end it followed.
 */
export function erasureReceipt(facts: ErasureFacts): JsonObject {
  const { job, scope, tombstone, holds, issuedAt } = facts;
  const { requestId, holdId } = job.targets;
  const destroyedAt = tombstone?.keyDestroyedAt;
  const longestDays = Math.max(...copies.filter((copy) => copy.kind === "backup").map((copy) => copy.windowDays));
  const inDays = (from: Date, days: number) => new Date(from.getTime() + days * dayMs).toISOString();
  return {
    version: 1,
    receiptId: job.id,
    requestId: requestId ?? job.id,
    ...(holdId === undefined ? {} : { hold: holdId }),
    tenantId: job.tenantId,
    scope: scope.kind,
    requestedAt: job.createdAt.toISOString(),
    issuedAt: issuedAt.toISOString(),
    stores: storesOf(facts),
    exceptions: [...exceptionsOf(scope.kind, issuedAt), ...toReview(job), ...holds.map(heldException)],
    recipients: (tombstone?.recipients ?? []).map((recipient) => ({ ...recipient })),
    ...(destroyedAt === undefined ? {} : { unreadableBy: inDays(destroyedAt, inventory.keyBackups.windowDays) }),
    purgedBy: inDays(issuedAt, longestDays),
    providerRemanence:
      "Google Cloud deletes storage that a customer deleted within 180 days (Data Processing Addendum, section 6).",
    residue: residueOf(facts),
  };
}

function storesOf({ job, scope, tombstone, issuedAt }: ErasureFacts): JsonObject[] {
  const { counts } = job;
  const searchedAt = (tombstone?.residue?.finishedAt ?? issuedAt).toISOString();
  const destroyedAt = tombstone?.keyDestroyedAt?.toISOString();
  const records = collectionsInScope(recordScopeOf(job.tenantId, scope)).filter(
    ({ erasure }) => erasure.action !== "keep",
  );
  const evidence = counts.evidence ?? 0;
  return [
    ...records.map(({ name, erasure }) => ({
      name,
      action: erasure.action,
      count: counts[name] ?? 0,
      finishedAt: (erasure.action === "destroy-key" ? destroyedAt : undefined) ?? searchedAt,
    })),
    ...(evidence === 0
      ? []
      : [{ name: "evidence", action: "destroy-key", count: evidence, finishedAt: destroyedAt ?? searchedAt }]),
    {
      name: "exportFiles",
      action: "delete",
      count: (counts.exportFiles ?? 0) + (counts.accountExports ?? 0),
      finishedAt: searchedAt,
    },
  ];
}

function toReview({ counts }: Job): Exception[] {
  const answers = counts["knowledge.toReview"] ?? 0;
  if (answers === 0) return [];
  return [
    {
      name: "knowledge",
      reason: `${answers} answers that staff saved from the chats are out of use until somebody has reviewed them`,
      until: "rewritten without personal data, or deleted",
    },
  ];
}

/** What a hold keeps is erased once it is over, by an erasure of its own with its own receipt. */
function heldException({ id, basis, endsAt }: Hold): Exception {
  const end = endsAt.toISOString().slice(0, 10);
  return {
    name: `hold ${id}`,
    reason: basis,
    until: `staff lift the hold, or had a week after its end on ${end} to extend it; erased then`,
  };
}

const methods: Readonly<Record<ErasureScope["kind"], string>> = {
  person: "query by subject id over each collection named, and list of export files",
  conversation: "query by subject and conversation id over each collection named, and list of export files",
  lead: "look-up of the lead by its id, and list of export files",
};

const notSearched = ["free text of other persons", "copies that were downloaded"];

function residueOf({ scope, tombstone }: ErasureFacts): JsonObject {
  const { searched = [], found = 0 } = tombstone?.residue ?? {};
  return {
    method: methods[scope.kind],
    searched: [...searched],
    // Deleted by the search itself, which then found nothing: an erasure that leaves something issues no receipt.
    found,
    notSearched: scope.kind === "lead" ? ["profile and identifiers of the person", ...notSearched] : [...notSearched],
  };
}
