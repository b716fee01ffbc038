import type { Transaction } from "@google-cloud/firestore";
import { type AuditContext, appendEntry, type EntryActor } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import type { SubjectRequest } from "./request.ts";
import { findRequestIn, markAnswered, openRequestsOf } from "./store.ts";

/** The reads that come before a transaction's writes: the request to complete, or those of a person that are open. */
export { findRequestIn, openRequestsOf };

/**
 * Marks a request as answered, in the transaction of what answers it; nobody is reminded of it from then on. One that is
 * gone with its person, or answered already, is left as it is.
 *
 * @param request - as read in this transaction, by `findRequestIn` or `openRequestsOf`.
 * @param audit - made for the request's person.
 * @see GDPR Art. 12(3)
 */
export function completeRequest(
  tx: Transaction,
  deps: Pick<Deps, "stores">,
  audit: AuditContext,
  request: Pick<SubjectRequest, "id" | "tenantId" | "subjectId" | "kind" | "state"> | undefined,
  by: { actor: EntryActor; at: Date },
): void {
  if (request?.state !== "received") return;
  markAnswered(tx, deps.stores, request, by.at);
  appendEntry(tx, audit, {
    action: "request-completed",
    actor: by.actor,
    personalTargets: [
      { kind: "subject", id: request.subjectId },
      { kind: "request", id: request.id },
    ],
    outcome: "success",
    metadata: { kind: request.kind },
  });
}
