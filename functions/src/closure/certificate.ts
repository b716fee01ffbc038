import type { CopyEntry, Entry } from "../inventory/entry.ts";
import { bucketFolders, inventory } from "../inventory/inventory.ts";
import { tenantCollections } from "../inventory/tenant-records.ts";
import type { Job } from "../jobs/job.ts";
import type { JsonObject } from "../ledger/canonical-json.ts";
import { daysAfter } from "./closure.ts";
import { stockOf } from "./prepare-step.ts";
import type { ClosedAccount } from "./store.ts";

/** Payload type of a closure certificate's envelope. */
export const closureCertificateType = "application/vnd.lethe.closure-certificate.v1+json";

/** Days that backups of keys-<region> live. */
const keyBackupDays = inventory.keyBackups.windowDays;

const entries: [string, Entry][] = Object.entries(inventory);
/** Copies outside the databases that outlive an account for a time. */
const copies = entries.flatMap(([name, entry]): (CopyEntry & { name: string })[] =>
  "where" in entry && entry.erasure.action === "keep" ? [{ ...entry, name }] : [],
);

/**
 * What the deletion of an account did, as the payload of its certificate: no personal data, nothing that it cannot show.
 *
 * `stores` counts what there was before the first record went; `residue` says what the search still found of it, and
 * deleted. `exceptions` name what recipients may keep, and until when. `hashes` are what stays that says that the account
 * ever was, each with its end.
 */
export function closureCertificate(facts: { job: Job; account: ClosedAccount; issuedAt: Date }): JsonObject {
  const { job, account, issuedAt } = facts;
  const { tenantId, log, recipients = [] } = account;
  const countOf = (name: string) => job.counts[stockOf(name)] ?? 0;
  const until = (days: number) => daysAfter(issuedAt, days).toISOString();
  const deletedAt = issuedAt.toISOString();
  const longestDays = Math.max(...copies.filter((copy) => copy.kind === "backup").map((copy) => copy.windowDays));
  const destroyedAt = account.keysDestroyedAt;
  return {
    version: 1,
    certificateId: job.id,
    tenantId,
    requestedAt: account.requestedAt.toISOString(),
    ...(account.waivedAt && { graceWaivedAt: account.waivedAt.toISOString() }),
    startedAt: account.startedAt.toISOString(),
    issuedAt: deletedAt,
    stores: [
      ...tenantCollections.map(({ name, database }) => ({
        name,
        action: database === "keys" ? "destroy-key" : "delete",
        count: countOf(name),
        finishedAt: deletedAt,
      })),
      ...bucketFolders
        .filter(({ afterClosure }) => afterClosure === undefined)
        .map(({ name }) => ({ name, action: "delete", count: countOf(name), finishedAt: deletedAt })),
      { name: "memberships", action: "delete", count: staffOf(job), finishedAt: deletedAt },
    ],
    exceptions: [
      { name: "jobs", reason: "The record of this deletion, deleted once this certificate is sent", until: until(7) },
      ...recipients.flatMap(({ name, on }) => {
        const entry = entries.find(([known]) => known === name)?.[1];
        return on !== undefined && entry?.erasure.action === "keep"
          ? [{ name, reason: entry.erasure.reason, until: on }]
          : [];
      }),
      ...copies.map(({ name, erasure, windowDays }) => ({
        name,
        reason: erasure.action === "keep" ? erasure.reason : erasure.action,
        until: windowDays > 0 ? until(windowDays) : "unknown",
      })),
      ...bucketFolders.flatMap(({ name, softDeleteDays, afterClosure }) =>
        softDeleteDays === undefined || afterClosure !== undefined
          ? []
          : [{ name, reason: "Deleted objects can be brought back by the operator", until: until(softDeleteDays) }],
      ),
    ],
    recipients: recipients.map((recipient) => ({ ...recipient })),
    hashes: [
      ...bucketFolders.flatMap(({ name, afterClosure, softDeleteDays = 0 }) =>
        afterClosure === undefined
          ? []
          : [{ name, holds: afterClosure.reason, until: until(afterClosure.days + softDeleteDays) }],
      ),
      {
        name: "closures",
        holds: "Id of the account, dates, counts, this certificate and the digest that its log names",
        until: "kept, so that the id is never given to another account",
      },
    ],
    log: {
      origin: log?.origin ?? "",
      size: log?.size ?? 0,
      checkpoint: log?.checkpoint ?? "",
    },
    ...(destroyedAt && { unreadableBy: daysAfter(destroyedAt, keyBackupDays).toISOString() }),
    purgedBy: until(longestDays),
    providerRemanence:
      "Google Cloud deletes storage that a customer deleted within 180 days (Data Processing Addendum, section 6).",
    residue: {
      method:
        "count of every collection and list of every bucket that the inventory declares, and of the directory; what was found was deleted and searched for again until nothing was left",
      searched: job.counts["residue.searched"] ?? 0,
      found: job.counts["residue.found"] ?? 0,
      notSearched: ["copies that were downloaded"],
    },
  };
}

function staffOf({ counts }: Job): number {
  return (counts["staff.removed"] ?? 0) + (counts["staff.kept"] ?? 0);
}
