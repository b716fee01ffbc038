import type { Transaction } from "@google-cloud/firestore";
import type { Job } from "../../jobs/job.ts";
import { appendEntry, type EntryActor } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { prepareKeptErasure } from "../erasure/erase-kept.ts";
import type { HoldContext } from "./hold-context.ts";
import { closeHold, type Hold } from "./store.ts";

/** How a hold comes to be over. */
export interface HoldEnd {
  state: "lifted" | "ended";
  actor: EntryActor;
  /** In the words of whoever lifted it. */
  reason?: string;
  at: Date;
}

/**
 * Ends a hold in the transaction that has seen that it may end, with its entry. What it kept follows its usual rules from
 * then on; what it kept of a person who is erased is erased after them, unless another hold keeps it.
 *
 * @returns the job of that erasure, for `publishJob` after the commit; undefined where nothing is to be erased.
 */
export async function finishHold(
  tx: Transaction,
  deps: Deps,
  hold: Hold,
  { audit, person }: HoldContext,
  { state, actor, reason, at }: HoldEnd,
): Promise<Job | undefined> {
  const { tenantId, id: holdId } = hold;
  const erasure = await prepareKeptErasure(tx, deps, hold, at);
  closeHold(tx, deps.stores, { tenantId, holdId }, state, at);
  appendEntry(tx, audit, {
    action: `hold-${state}`,
    actor,
    targets: [{ kind: "hold", id: holdId }],
    ...person,
    ...(reason === undefined ? {} : { reason }),
    outcome: "success",
  });
  return erasure?.begin(audit, actor);
}
