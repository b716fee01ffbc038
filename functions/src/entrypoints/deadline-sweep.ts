import { http } from "@google-cloud/functions-framework";
import { sweepDeadlines } from "../deadlines/sweep-deadlines.ts";
import { nudgeSequencers } from "../ledger/nudges.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";
import { endLapsedHolds } from "../subject-requests/holds/end-lapsed-holds.ts";

/** Reminds staff, and ends holds that have lapsed; each whether or not the other could. */
async function sweep(): Promise<void> {
  const swept = await Promise.allSettled([sweepDeadlines(deps()), endLapsedHolds(deps())]);
  const failures = swept.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (failures.length > 0) throw new AggregateError(failures, "a sweep of deadlines failed");
}

/** Every hour: reminds staff of holds that end and of requests that must be answered; ends holds that have lapsed. */
http(
  "deadline-sweep",
  scheduled(() => sweep().finally(() => nudgeSequencers(deps()))),
);
