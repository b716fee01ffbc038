import { http } from "@google-cloud/functions-framework";
import { nudgeSequencers } from "../ledger/nudges.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";
import { sweepSchedules } from "../schedules/sweep-schedules.ts";

/** Every five minutes: starts what tenants have scheduled for their own hours. */
http(
  "schedule-sweep",
  scheduled(() => sweepSchedules(deps()).finally(() => nudgeSequencers(deps()))),
);
