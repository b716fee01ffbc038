import type { JobStep } from "../jobs/job.ts";
import { takeLog } from "../ledger/closed-log.ts";
import { sequence } from "../ledger/sequence.ts";
import type { Deps } from "../platform/deps.ts";
import { changeClosedRecord, findClosedRecord } from "./store.ts";

/** How long another sequencer may hold the log before this looks again. */
const againMs = 15_000;

/**
 * How long after the beginning somebody may still act for the account, and be recorded: an instance lets staff in for the
 * minute that it remembers the account as open, and a call that it has let in runs a minute at most.
 */
const lastActsMs = 120_000;

/**
 * Brings every waiting entry into the log, then takes the log from its sequencer for good and keeps its edge: hashes, to
 * which the certificate's own entry is added when everything else is gone. It waits until nobody acts for the account any
 * more, and takes the log only when no entry waits.
 */
export const closeLog: JobStep<Deps> = {
  name: "close-log",
  async run(deps, { job, assertHeld }) {
    const { tenantId } = job;
    const account = await findClosedRecord(deps.stores, tenantId);
    if (account?.logTakenAt !== undefined) return { done: true };
    const now = deps.clock.now();
    const quietAt = new Date((account?.startedAt ?? job.createdAt).getTime() + lastActsMs);
    if (now < quietAt) return { waitUntil: quietAt };
    await sequence(deps, tenantId, job.id, new Date(now.getTime() + 20_000));
    const taken = await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      const log = await takeLog(tx, deps, tenantId, job.id);
      if (log === undefined) return false;
      changeClosedRecord(tx, deps.stores, tenantId, { log, logTakenAt: now });
      return true;
    });
    return taken ? { done: true } : { waitUntil: new Date(now.getTime() + againMs) };
  },
};
