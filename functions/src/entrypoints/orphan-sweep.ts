import { http } from "@google-cloud/functions-framework";
import { sweepMembers } from "../identity/sweep-members.ts";
import { nudgeSequencers } from "../ledger/nudges.ts";
import { sweepOrphans } from "../orphans/sweep-orphans.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";

/** Every hour: compares keys with what they seal, and accounts of staff with the members that they belong to. */
http(
  "orphan-sweep",
  scheduled(async () => {
    const sweep = sweepMembers(deps()).then(() => sweepOrphans(deps()));
    await sweep.finally(() => nudgeSequencers(deps()));
  }),
);
