import type { Actor } from "../../identity/caller.ts";
import { publishJob } from "../../jobs/jobs.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { finishHold } from "./finish-hold.ts";
import { holdContext } from "./hold-context.ts";
import { readHold } from "./store.ts";

/**
 * Lifts a hold before its end.
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
  const context = await holdContext(deps, key);
  const at = deps.clock.now();
  const job = await deps.stores.data.runTransaction(async (tx) => {
    const hold = await readHold(tx, deps.stores, key);
    if (hold === undefined) throw new AppError("not-found", `no hold ${holdId}`);
    if (hold.state !== "active") return undefined;
    return finishHold(tx, deps, hold, context, { state: "lifted", actor, reason, at });
  });
  // Durable: the hold is over, and the erasure's job. If we stop here, resume-stalled-jobs publishes.
  if (job !== undefined) await publishJob(deps, job);
}
