import { http } from "@google-cloud/functions-framework";
import { z } from "zod";
import { wakeExports } from "../exports/wake-exports.ts";
import { takeNudge } from "../ledger/take-nudge.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";

const nudge = z.strictObject({ tenantId: z.string() });
let holder: string | undefined;

/** Integrates a tenant's waiting audit entries into its log, and wakes the exports that wait for theirs. */
http(
  "ledger-sequence",
  event(nudge, async ({ tenantId }) => {
    holder ??= deps().ids.next();
    await takeNudge(deps(), tenantId, holder);
    await wakeExports(deps(), tenantId);
  }),
);
