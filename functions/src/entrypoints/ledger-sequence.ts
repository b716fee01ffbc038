import { http } from "@google-cloud/functions-framework";
import { z } from "zod";
import { wakeExports } from "../exports/wake-exports.ts";
import { sequence } from "../ledger/sequence.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";

const nudge = z.strictObject({ tenantId: z.string() });
const budgetMs = 60_000;
let holder: string | undefined;

/** Integrates a tenant's waiting audit entries into its log, and wakes the exports that wait for theirs. */
http(
  "ledger-sequence",
  event(nudge, async ({ tenantId }) => {
    holder ??= deps().ids.next();
    await sequence(deps(), tenantId, holder, new Date(deps().clock.now().getTime() + budgetMs));
    await wakeExports(deps(), tenantId);
  }),
);
