import type { Transaction } from "@google-cloud/firestore";
import { idempotentId } from "../../crypto/blind-index.ts";
import { documentRef, type Stores } from "../../inventory/collections.ts";
import { findJob } from "../../jobs/jobs.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { hasReceipt } from "../receipts.ts";
import { findTombstone, hasRequest } from "../store.ts";
import { type ErasureScope, scopeKey } from "./scope.ts";

/** Where the document lies that a scope is about. */
function targetRef(stores: Stores, tenantId: string, scope: ErasureScope) {
  const { subjectId } = scope;
  if (scope.kind === "conversation")
    return documentRef(stores, "conversations", { tenantId, conversationId: scope.conversationId });
  if (scope.kind === "lead") return documentRef(stores, "leads", { tenantId, leadId: scope.leadId });
  return documentRef(stores, "subjects", { tenantId, subjectId });
}

/**
 * Reads what a scope is about, within a transaction.
 *
 * @returns its path.
 * @throws AppError `not-found` for a conversation or lead that does not exist or is another person's.
 */
export async function readTarget(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  scope: ErasureScope,
): Promise<string> {
  const target = await tx.get(targetRef(stores, tenantId, scope));
  if (scope.kind !== "person" && target.get("subjectId") !== scope.subjectId)
    throw new AppError("not-found", `no ${scope.kind} ${target.id} of subject ${scope.subjectId}`);
  return target.ref.path;
}

/**
 * The erasure that a call for a scope means: the one that was made, so that two clicks are one; the next, where an earlier
 * one is done and the thing is there all the same. Ids follow from the scope and the number of the attempt.
 *
 * @returns `isMade` false for an id under which nothing is recorded yet.
 */
export async function findAttempt(
  deps: Deps,
  tenantId: string,
  scope: ErasureScope,
): Promise<{ jobId: string; isMade: boolean }> {
  for (let attempt = 0; ; attempt += 1) {
    const number = attempt === 0 ? "" : String(attempt);
    const jobId = await idempotentId(deps, tenantId, "erasure", scopeKey(scope), number);
    const [tombstone, isRecorded] = await Promise.all([
      findTombstone(deps.stores, tenantId, jobId),
      isRecordLeft(deps.stores, tenantId, jobId),
    ]);
    // After those that outlive it: otherwise one that is made between two reads would look like one that is long over.
    const job = await findJob(deps.stores, tenantId, jobId);
    if (job !== undefined) {
      const isOver = tombstone?.state === "done";
      const isThere = isOver && (await targetRef(deps.stores, tenantId, scope).get()).exists;
      if (!isThere) return { jobId, isMade: true };
    } else if (tombstone === undefined && !isRecorded) return { jobId, isMade: false };
  }
}

/** Requests and receipts outlive their job: an id is never given twice. */
async function isRecordLeft(stores: Stores, tenantId: string, id: string): Promise<boolean> {
  const left = await Promise.all([hasRequest(stores, tenantId, id), hasReceipt(stores, tenantId, id)]);
  return left.includes(true);
}
