import { http } from "@google-cloud/functions-framework";
import { sweepDeadlines } from "../deadlines/sweep-deadlines.ts";
import { nudgeSequencers } from "../ledger/nudges.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";
import { endLapsedHolds } from "../subject-requests/holds/end-lapsed-holds.ts";

/** Every hour: reminds staff of holds that end and of requests that must be answered; ends holds that have lapsed. */
http(
  "deadline-sweep",
  scheduled(async () => {
    const swept = await Promise.allSettled([sweepDeadlines(deps()), endLapsedHolds(deps())]);
    await nudgeSequencers(deps());
    const failures = swept.flatMap((sweep) => (sweep.status === "rejected" ? [sweep.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, "a sweep of deadlines failed");
  }),
);
