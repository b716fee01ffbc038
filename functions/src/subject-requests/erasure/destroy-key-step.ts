import { destroyKey } from "../../crypto/keyring.ts";
import type { JobStep } from "../../jobs/job.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { findTombstoneIn, updateTombstone } from "../store.ts";
import { scopeOfJob } from "./scope.ts";

/**
 * Destroys the person's wrapped key, then records that it is done. The intent stands in the request's entry; a crash
 * between the two lines repeats the step, which destroys what is already gone and records once.
 */
export const destroyKeyStep: JobStep<Deps> = {
  name: "destroy-key",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    const scope = scopeOfJob(job);
    if (scope.kind !== "person") return { done: true };
    await destroyKey(deps, { collection: "deks", tenantId, subjectId: scope.subjectId });
    // The key is gone for good now. If we stop here, the entry below is written by the repeat.
    const audit = await auditContext(deps, tenantId);
    const keyDestroyedAt = deps.clock.now();
    await deps.stores.data.runTransaction(async (tx) => {
      const tombstone = await findTombstoneIn(tx, deps.stores, tenantId, id);
      if (tombstone === undefined || tombstone.keyDestroyedAt !== undefined) return;
      updateTombstone(tx, deps.stores, { id, tenantId }, { keyDestroyedAt });
      appendEntry(tx, audit, {
        action: "key-destroyed",
        actor: { kind: "system", id: "erasure-step" },
        targets: [{ kind: "job", id }],
        outcome: "success",
      });
    });
    return { done: true };
  },
};
