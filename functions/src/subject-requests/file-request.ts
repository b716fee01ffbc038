import type { Transaction } from "@google-cloud/firestore";
import { sealField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import { type AuditContext, appendEntry, type EntryActor } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { dueDate, type SubjectRequest } from "./request.ts";
import { createRequest } from "./store.ts";

/** A data subject's request as it comes in. */
export interface NewRequest extends Pick<SubjectRequest, "tenantId" | "subjectId" | "kind" | "receivedAt"> {
  requestId: string;
  /** Who filed it; the caller has authorized them. */
  actor: EntryActor;
  /** The job that answers it; absent for what is answered by an act of staff. */
  jobId?: string | undefined;
  /** Why, in the words of whoever asked; sealed under the person's key, and so gone with it. */
  reason?: string | undefined;
  /** When the act of this transaction answered it; absent for what takes longer. */
  answeredAt?: Date | undefined;
}

/**
 * Files a request with its month to answer, in the transaction of the act that begins or is the answer: staff are reminded
 * of it until `completeRequest`.
 *
 * @param audit - made for the request's person.
 * @see GDPR Art. 12(3), 15 to 21
 */
export function fileRequest(
  tx: Transaction,
  deps: Pick<Deps, "stores" | "ids">,
  audit: AuditContext,
  request: NewRequest,
): void {
  const { requestId, tenantId, subjectId, kind, actor, jobId, reason, receivedAt, answeredAt } = request;
  const path = documentPath("requests", { tenantId, requestId });
  const dek = audit.person?.dek;
  const isAnswered = answeredAt !== undefined;
  createRequest(
    tx,
    deps.stores,
    {
      id: requestId,
      tenantId,
      subjectId,
      kind,
      state: isAnswered ? "completed" : "received",
      origin: originOf(actor),
      ...(jobId === undefined ? {} : { jobId }),
      receivedAt,
      dueAt: dueDate(receivedAt),
      ...(isAnswered ? { completedAt: answeredAt } : {}),
    },
    reason === undefined || dek === undefined ? undefined : sealField(dek, path, "reason", reason, deps.ids),
  );
  appendEntry(tx, audit, {
    action: isAnswered ? "request-completed" : "request-received",
    actor,
    personalTargets: [
      { kind: "subject", id: subjectId },
      { kind: "request", id: requestId },
    ],
    outcome: "success",
    metadata: { kind },
  });
}

function originOf(actor: EntryActor): SubjectRequest["origin"] {
  if (actor.kind === "data-subject") return "data-subject";
  return actor.kind === "api-key" ? "software" : "staff";
}
