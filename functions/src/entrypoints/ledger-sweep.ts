import { http } from "@google-cloud/functions-framework";
import { sweepLedgers } from "../ledger/sweep-ledgers.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";

/** Every minute: nudges the sequencer of each tenant whose entries wait. */
http(
  "ledger-sweep",
  scheduled(() => sweepLedgers(deps())),
);
