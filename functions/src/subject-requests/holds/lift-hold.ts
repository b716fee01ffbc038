import type { Actor } from "../../identity/caller.ts";
import { publishJob } from "../../jobs/jobs.ts";
import { appendEntry } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { prepareKeptErasure } from "../erasure/erase-kept.ts";
import { holdContext } from "./hold-context.ts";
import { closeHold, readHold } from "./store.ts";

/**
 * Lifts a hold before its end. What it kept follows its usual rules from then on; what it kept of a person who is erased
 * is erased after them, unless another hold keeps it.
 *
 * @throws AppError `not-found`, `key-unavailable`.
 * @see GDPR Art. 17(1)
 */
export async function liftHold(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  holdId: string,
  reason: string,
): Promise<void> {
  const key = { tenantId, holdId };
  const { audit, person } = await holdContext(deps, key);
  const now = deps.clock.now();
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const hold = await readHold(tx, deps.stores, key);
    if (hold === undefined) throw new AppError("not-found", `no hold ${holdId}`);
    if (hold.state !== "active") return undefined;
    const erasure = await prepareKeptErasure(tx, deps, hold, now);
    closeHold(tx, deps.stores, key, "lifted", now);
    appendEntry(tx, audit, {
      action: "hold-lifted",
      actor,
      targets: [{ kind: "hold", id: holdId }],
      ...person,
      reason,
      outcome: "success",
    });
    return erasure?.begin(audit, actor);
  });
  // Durable: the hold is over, and the erasure's job. If we stop here, resume-stalled-jobs publishes.
  if (job !== undefined) await publishJob(deps, job);
}
