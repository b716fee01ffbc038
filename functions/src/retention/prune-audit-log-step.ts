import type { JobStep } from "../jobs/job.ts";
import { pruneEvidenceKeys } from "../ledger/evidence-key.ts";
import { pruneLog } from "../ledger/prune-log.ts";
import type { Deps } from "../platform/deps.ts";
import { cutoffOf, daysInForce } from "./policy.ts";
import { purgeTime } from "./purge-time.ts";

/**
 * Deletes whole bundles of audit entries past their period; the hashes over them stay. Entries about consents and requests
 * that are kept longer lose the key that tells of whom they were.
 */
export const pruneAuditLog: JobStep<Deps> = {
  name: "prune-audit-log",
  async run(deps, { job }) {
    const { policy, now } = await purgeTime(deps, job.tenantId);
    await pruneEvidenceKeys(deps, job.tenantId, now);
    const cutoff = cutoffOf(policy, "audit-log", now);
    const days = daysInForce(policy, "audit-log", now) ?? undefined;
    if (cutoff === undefined || days === undefined) return { done: true };
    const { entries, more } = await pruneLog(deps, job.tenantId, cutoff, days);
    const counts = entries === 0 ? {} : { auditBundles: entries };
    return more ? { next: { again: true }, counts } : { done: true, counts };
  },
};
