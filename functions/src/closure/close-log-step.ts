import type { JobStep } from "../jobs/job.ts";
import { takeLog } from "../ledger/closed-log.ts";
import { sequence } from "../ledger/sequence.ts";
import type { Deps } from "../platform/deps.ts";
import { changeClosedRecord, findClosedRecord } from "./store.ts";

/** How long another sequencer may hold the log before this looks again. */
const againMs = 15_000;

/**
 * Brings every waiting entry into the log, then takes the log from its sequencer for good and keeps its edge: hashes, to
 * which the certificate's own entry is added when everything else is gone.
 */
export const closeLog: JobStep<Deps> = {
  name: "close-log",
  async run(deps, { job, assertHeld }) {
    const { tenantId } = job;
    if ((await findClosedRecord(deps.stores, tenantId))?.logTakenAt !== undefined) return { done: true };
    const now = deps.clock.now();
    await sequence(deps, tenantId, job.id, new Date(now.getTime() + 20_000));
    const taken = await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      const log = await takeLog(tx, deps, tenantId);
      if (log === undefined) return false;
      changeClosedRecord(tx, deps.stores, tenantId, { log, logTakenAt: now });
      return true;
    });
    return taken ? { done: true } : { waitUntil: new Date(now.getTime() + againMs) };
  },
};
