import { http } from "@google-cloud/functions-framework";
import { sweepOrphans } from "../orphans/sweep-orphans.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";

/** Every hour: compares keys with what they seal. */
http(
  "orphan-sweep",
  scheduled(async () => {
    await sweepOrphans(deps());
  }),
);
