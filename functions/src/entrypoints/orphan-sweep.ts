import { http } from "@google-cloud/functions-framework";
import { sweepMembers } from "../identity/sweep-members.ts";
import { sweepOrphans } from "../orphans/sweep-orphans.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";

/** Every hour: compares keys with what they seal, and accounts of staff with the members that they belong to. */
http(
  "orphan-sweep",
  scheduled(async () => {
    await sweepMembers(deps());
    await sweepOrphans(deps());
  }),
);
