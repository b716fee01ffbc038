import { http } from "@google-cloud/functions-framework";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";
import { sweepRetention } from "../retention/sweep-retention.ts";

/** Every hour: starts the purge of each tenant whose hour it is. */
http(
  "retention-sweep",
  scheduled(() => sweepRetention(deps())),
);
