import { http } from "@google-cloud/functions-framework";
import { sweepClosures } from "../closure/sweep-closures.ts";
import { nudgeSequencers } from "../ledger/nudges.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";

/** Every hour: reminds owners of deletions to come, and begins those whose time it is. */
http(
  "closure-sweep",
  scheduled(() => sweepClosures(deps()).finally(() => nudgeSequencers(deps()))),
);
