import type { Transaction } from "@google-cloud/firestore";
import type { Actor } from "../../identity/caller.ts";
import type { AuditAction } from "../../ledger/actions.ts";
import { type AuditContext, appendEntry } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { type FreezeTargets, readFreezeTargets } from "../../subjects/freeze-subject.ts";
import { contextOfSubject } from "../context-of-subject.ts";

/** What an act on a person is recorded as. */
export interface SubjectAct {
  action: AuditAction;
  actor: Actor;
  tenantId: string;
  subjectId: string;
  /** The reason in words: staff may name persons in it, so the log holds a commitment and the person's key opens it. */
  reason?: string;
  /** Codes, counts and names of fields. */
  metadata?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/**
 * Does something to a person and records it, in one transaction.
 *
 * @param change - is given the person's state and open heads as read; reads what else it needs, then makes the writes.
 * False: nothing is to be done, and nothing is recorded.
 * @throws AppError `not-found` for a person who does not exist; `subject-erased` once erasure has begun.
 */
export async function actOnSubject(
  deps: Deps,
  act: SubjectAct,
  change: (tx: Transaction, targets: FreezeTargets, audit: AuditContext) => boolean | Promise<boolean>,
): Promise<void> {
  const { tenantId, subjectId, action, actor, metadata, reason } = act;
  const audit = await contextOfSubject(deps, tenantId, subjectId);
  await deps.stores.data.runTransaction(async (tx) => {
    const targets = await readFreezeTargets(tx, deps.stores, { tenantId, subjectId });
    if (targets.state === undefined) throw new AppError("not-found", `no subject ${subjectId}`);
    if (targets.state === "erasing") throw new AppError("subject-erased", `subject ${subjectId} is being erased`);
    if (!(await change(tx, targets, audit))) return;
    appendEntry(tx, audit, {
      action,
      actor,
      personalTargets: [{ kind: "subject", id: subjectId }],
      ...(reason === undefined ? {} : { reason }),
      outcome: "success",
      ...(metadata === undefined ? {} : { metadata }),
    });
  });
}
