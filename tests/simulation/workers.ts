import { closureJob } from "../../functions/src/closure/closure-job.ts";
import { sweepClosures } from "../../functions/src/closure/sweep-closures.ts";
import { exportJob } from "../../functions/src/exports/export-job.ts";
import { wakeExports } from "../../functions/src/exports/wake-exports.ts";
import { deadMessage, giveUpJob } from "../../functions/src/jobs/give-up-job.ts";
import type { JobKind } from "../../functions/src/jobs/job.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { sweepLedgers } from "../../functions/src/ledger/sweep-ledgers.ts";
import { takeNudge } from "../../functions/src/ledger/take-nudge.ts";
import { sweepOrphans } from "../../functions/src/orphans/sweep-orphans.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import { webhookJob } from "../../functions/src/recipients/webhook-job.ts";
import { copyTombstones } from "../../functions/src/restore/copy-tombstones.ts";
import { retentionJob } from "../../functions/src/retention/retention-job.ts";
import { sweepRetention } from "../../functions/src/retention/sweep-retention.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import type { Message } from "./region.ts";

/** What runs the jobs of a topic. */
export type JobKinds = Readonly<Record<string, JobKind<Deps>>>;

export const jobKinds: JobKinds = {
  "closure-steps": closureJob,
  "erasure-steps": erasureJob,
  "export-steps": exportJob,
  "retention-steps": retentionJob,
  "webhook-deliveries": webhookJob,
};

/**
 * The version after this one: every step has another name, and each kind begins its second half with a step that this
 * version does not have. What a deployment in the midst of jobs must not disturb.
 */
export function nextVersion(kinds: JobKinds): JobKinds {
  const newer = ({ steps, ...kind }: JobKind<Deps>): JobKind<Deps> => {
    const [first, ...rest] = steps.map((step) => ({ ...step, name: `${step.name}-2`, formerNames: [step.name] }));
    if (first === undefined) throw new Error(`${kind.name} has no step`);
    const added = { name: "added", run: async () => ({ done: true }) as const };
    return { ...kind, steps: [first, ...rest.slice(0, rest.length / 2), added, ...rest.slice(rest.length / 2)] };
  };
  return Object.fromEntries(Object.entries(kinds).map(([topic, kind]) => [topic, newer(kind)]));
}

/** Deliveries of a message before Pub/Sub gives it up. */
export const maxAttempts = 10;

/** What a function does with a message; throws when Pub/Sub is to deliver it again. */
export async function handle(deps: Deps, kinds: JobKinds, message: Message): Promise<void> {
  const delivery = { messageId: "simulated", subscription: message.topic, attempt: message.attempts };
  const kind = kinds[message.topic];
  try {
    if (message.topic === "ledger-nudges") {
      const tenantId = String(message.payload.tenantId);
      await takeNudge(deps, tenantId, deps.ids.next());
      await wakeExports(deps, tenantId);
    } else if (kind !== undefined && message.attempts > maxAttempts)
      await giveUpJob(deps, deadMessage.parse(message.payload));
    else if (kind !== undefined) await runJob(deps, kind, stepMessage.parse(message.payload), delivery);
  } catch (error) {
    // As `event()` answers: an error that says not to try again is acknowledged.
    if (error instanceof AppError && !error.retry) return;
    throw error;
  }
}

/** What Cloud Scheduler calls, and how often. */
export const schedules: readonly { name: string; everyMs: number; run: (deps: Deps) => Promise<void> }[] = [
  { name: "resume-stalled-jobs", everyMs: 120_000, run: resumeStalledJobs },
  { name: "ledger-sweep", everyMs: 60_000, run: sweepLedgers },
  { name: "tombstone-sweep", everyMs: 60_000, run: copyTombstones },
  { name: "retention-sweep", everyMs: 3_600_000, run: sweepRetention },
  { name: "closure-sweep", everyMs: 3_600_000, run: sweepClosures },
  // More often than in the cloud: a story is short.
  { name: "orphan-sweep", everyMs: 600_000, run: async (deps) => void (await sweepOrphans(deps)) },
];

/** Whether a clock that is a day off must do no harm there. */
export function isSkewed(name: string): boolean {
  return ["retention-steps", "retention-sweep", "closure-sweep", "orphan-sweep", "ledger-nudges"].includes(name);
}
