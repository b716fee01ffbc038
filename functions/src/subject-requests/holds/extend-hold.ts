import { isLapsed } from "../../deadlines/deadline.ts";
import type { Actor } from "../../identity/caller.ts";
import { appendEntry } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { holdContext } from "./hold-context.ts";
import { moveEnd, readHold } from "./store.ts";

/**
 * Moves the end of a hold further away. A hold is never shortened: it is lifted.
 *
 * @throws AppError `not-found`; `input-invalid` for an end that is not later, or a hold that is over.
 */
export async function extendHold(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  holdId: string,
  extension: { endsAt: Date; reason: string },
): Promise<void> {
  const { endsAt, reason } = extension;
  const key = { tenantId, holdId };
  const { audit, person } = await holdContext(deps, key);
  const now = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const hold = await readHold(tx, deps.stores, key);
    if (hold === undefined) throw new AppError("not-found", `no hold ${holdId}`);
    // Once it has lapsed, what it kept may be purged: it cannot be taken up again.
    if (hold.state !== "active" || isLapsed(hold, now)) throw new AppError("input-invalid", `hold ${holdId} is over`);
    if (endsAt.getTime() === hold.endsAt.getTime()) return;
    if (endsAt < hold.endsAt || endsAt <= now) throw new AppError("input-invalid", "a hold is extended to a later end");
    moveEnd(tx, deps.stores, key, endsAt, now);
    appendEntry(tx, audit, {
      action: "hold-extended",
      actor,
      targets: [{ kind: "hold", id: holdId }],
      ...person,
      reason,
      outcome: "success",
      metadata: { before: hold.endsAt.toISOString(), endsAt: endsAt.toISOString() },
    });
  });
}
