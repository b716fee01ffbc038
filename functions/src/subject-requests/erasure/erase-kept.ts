import type { Transaction } from "@google-cloud/firestore";
import type { Job } from "../../jobs/job.ts";
import type { AuditContext, EntryActor } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { type Hold, holdsAgainst, isHeld } from "../held-items.ts";
import { beginErasure } from "./begin-erasure.ts";

/** An erasure that is about to follow a hold's end. */
export interface KeptErasure {
  /** Records it within the transaction, after its reads. `publishJob` follows after the commit. */
  begin(audit: AuditContext, actor: EntryActor): Job;
}

/**
 * Looks for what a hold kept of a person who is erased: items under keys of their own. They are erased once nothing keeps
 * them, by the steps that erased the person.
 *
 * @param tx - the transaction that ends the hold, before its first write.
 * @returns undefined where the hold kept nothing of an erased person, or other holds keep all of it.
 * @see GDPR Art. 17(1)
 */
export async function prepareKeptErasure(
  tx: Transaction,
  deps: Deps,
  hold: Hold,
  now: Date,
): Promise<KeptErasure | undefined> {
  const { tenantId, subjectId, id: holdId } = hold;
  const refs = hold.items.map((path) => deps.stores.data.doc(path));
  const [items, holds] = await Promise.all([
    tx.getAll(...refs),
    holdsAgainst(deps.stores, { tenantId, subjectId }, { now }, tx),
  ]);
  const others = holds.filter(({ id }) => id !== holdId);
  const left = items.filter((item) => item.get("evidenceId") !== undefined && !isHeld(others, item.ref.path));
  if (left.length === 0) return undefined;
  const heldItems = others.reduce((count, other) => count + other.items.length, 0);
  const scope = { kind: "person", subjectId } as const;
  const jobId = deps.ids.next();
  return {
    begin: (audit, actor) =>
      beginErasure(tx, deps, audit, { jobId, tenantId, scope, actor, holdId, heldItems, at: now }),
  };
}
