import { idempotentId } from "../../crypto/blind-index.ts";
import { destroyKey } from "../../crypto/keyring.ts";
import { sealField } from "../../crypto/sealed-fields.ts";
import type { Actor } from "../../identity/caller.ts";
import { documentPath, documentRef } from "../../inventory/collections.ts";
import { createJob, findJob, publishJob } from "../../jobs/jobs.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import { wasWrittenTo } from "../../mail/write-to-person.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { findVerifiedAddresses } from "../../subjects/find-verified-addresses.ts";
import { freezeConversation, readFreezeTargets } from "../../subjects/freeze-subject.ts";
import { profileOf } from "../../subjects/read-subject.ts";
import { holdsInForce } from "../held-items.ts";
import { dueDate } from "../request.ts";
import { keepScratch, sealScratch } from "../scratch.ts";
import { createRequest, createTombstone } from "../store.ts";
import { type ErasureScope, scopeKey, targetsOf } from "./scope.ts";

/** What the erasure job must still know once the person's key is gone: whom to tell. Sealed under the job's own key. */
export interface ErasureInput {
  addresses: readonly string[];
  /** The business's own reference of the person, by which its own systems find them. */
  reference?: string | undefined;
  /** Whether a letter was ever sent to the person: the mail provider may hold it. */
  wasWrittenTo?: boolean;
}

export interface RequestedErasure {
  requestId: string;
  jobId: string;
}

/**
 * Freezes what is to be erased, destroys the person's key, and starts the job that deletes the rest.
 *
 * Asking again for the same scope returns the same request: two clicks are one erasure. When this returns for a person
 * without held items, what the person's key sealed can no longer be read from the live databases.
 *
 * @param actor - who asked; the caller has authorized them.
 * @param reason - why, in the words of whoever asked; sealed under the person's key, and so gone with it.
 * @throws AppError `not-found` for a subject that does not exist or is already erased; `key-unavailable`.
 * @see GDPR Art. 17(1), 12(3), 19
 */
export async function requestErasure(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  scope: ErasureScope,
  reason: string | undefined,
): Promise<RequestedErasure> {
  const { subjectId } = scope;
  const jobId = await idempotentId(deps, tenantId, "erasure", scopeKey(scope), "");
  const requestId = jobId;
  const earlier = await findJob(deps.stores, tenantId, jobId);
  if (earlier !== undefined) return { requestId, jobId };
  const audit = await auditContext(deps, tenantId, subjectId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased")
      throw new AppError("not-found", `no subject ${subjectId}`);
    throw error;
  });
  const addresses = scope.kind === "person" ? await findVerifiedAddresses(deps, { tenantId, subjectId }) : [];
  const { reference } = await profileOf(deps, { tenantId, subjectId });
  const known: ErasureInput = {
    addresses,
    reference,
    wasWrittenTo: scope.kind === "person" && (await wasWrittenTo(deps.stores, { tenantId, subjectId })),
  };
  const isEmpty = addresses.length === 0 && reference === undefined && !known.wasWrittenTo;
  const input = isEmpty ? undefined : await sealScratch(deps, tenantId, jobId, known);
  const receivedAt = deps.clock.now();
  const holds = await holdsInForce(deps.stores, { tenantId, subjectId }, receivedAt);
  const dek = audit.person?.dek;
  const path = documentPath("requests", { tenantId, requestId });
  const sealedReason =
    reason === undefined || dek === undefined ? undefined : sealField(dek, path, "reason", reason, deps.ids);

  const job = await deps.stores.data.runTransaction(async (tx) => {
    const existing = await tx.get(documentRef(deps.stores, "jobs", { tenantId, jobId }));
    if (existing.exists) return undefined;
    const targets = await readFreezeTargets(tx, deps.stores, { tenantId, subjectId });
    if (targets.state === undefined) throw new AppError("not-found", `no subject ${subjectId}`);
    if (scope.kind === "person") targets.apply("erasing");
    if (scope.kind === "conversation") freezeConversation(tx, deps.stores, tenantId, scope.conversationId, "erasing");
    createTombstone(tx, deps.stores, {
      id: jobId,
      tenantId,
      kind: "erasure",
      state: "intended",
      targets: { ...targetsOf(scope), requestId },
      createdAt: receivedAt,
    });
    createRequest(
      tx,
      deps.stores,
      {
        id: requestId,
        tenantId,
        subjectId,
        kind: "erasure",
        state: "received",
        origin: originOf(actor),
        jobId,
        receivedAt,
        dueAt: dueDate(receivedAt),
      },
      sealedReason,
    );
    if (input !== undefined) keepScratch(tx, deps.stores, tenantId, jobId, input, receivedAt);
    appendEntry(tx, audit, {
      action: "erasure-requested",
      actor,
      personalTargets: [{ kind: "subject", id: subjectId }],
      targets: [{ kind: "job", id: jobId }],
      outcome: "intended",
      metadata: { scope: scope.kind, heldItems: holds.reduce((count, hold) => count + hold.items.length, 0) },
    });
    return createJob(tx, deps.stores, {
      id: jobId,
      tenantId,
      kind: "erasure",
      step: "record-tombstone",
      targets: { ...targetsOf(scope), requestId },
      priority: 0,
      requestedBy: { kind: actor.kind, id: actor.kind === "data-subject" ? "" : actor.id },
      createdAt: receivedAt,
    });
  });
  if (job === undefined) return { requestId, jobId };
  // Durable now: the freeze, the tombstone, the request, its job and its audit entry. If we stop before the next line,
  // the job's step destroy-key does the same; if we stop before publishing, resume-stalled-jobs publishes.
  if (scope.kind === "person" && holds.length === 0)
    await destroyKey(deps, { collection: "deks", tenantId, subjectId });
  await publishJob(deps, job);
  return { requestId, jobId };
}

function originOf(actor: Actor): "staff" | "data-subject" | "software" {
  if (actor.kind === "data-subject") return "data-subject";
  return actor.kind === "api-key" ? "software" : "staff";
}
