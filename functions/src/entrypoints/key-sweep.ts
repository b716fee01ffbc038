import { http } from "@google-cloud/functions-framework";
import { nudgeSequencers } from "../ledger/nudges.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";
import { sweepKeys } from "../rotation/sweep-keys.ts";

/** Once a day: keys under the newest version of Cloud KMS's, yearly rotations, old versions that may go. */
http(
  "key-sweep",
  scheduled(() => sweepKeys(deps()).finally(() => nudgeSequencers(deps()))),
);
