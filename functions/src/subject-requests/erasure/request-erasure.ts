import type { Transaction } from "@google-cloud/firestore";
import type { SealingKey } from "../../crypto/envelope.ts";
import type { Actor } from "../../identity/caller.ts";
import { findJobIn, publishJob } from "../../jobs/jobs.ts";
import { wasWrittenTo } from "../../mail/write-to-person.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { findVerifiedAddresses } from "../../subjects/find-verified-addresses.ts";
import { freezeConversation, readFreezeTargets } from "../../subjects/freeze-subject.ts";
import { profileOf } from "../../subjects/read-subject.ts";
import { contextOfSubject } from "../context-of-subject.ts";
import { fileRequest } from "../file-request.ts";
import { type Hold, holdsInForce, isHeld } from "../held-items.ts";
import { destroyPersonKey, keepScratch, sealForHeir, sealScratch } from "../scratch.ts";
import { beginErasure } from "./begin-erasure.ts";
import { findAttempt, readTarget } from "./find-attempt.ts";
import type { ErasureScope } from "./scope.ts";

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
 * @throws AppError `not-found` for a subject, conversation or lead that does not exist, is another person's, or is erased
 * already; `legal-hold` for a conversation or lead that a hold keeps; `key-unavailable`.
 * @see GDPR Art. 17(1), 17(3), 12(3), 19
 */
export async function requestErasure(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  scope: ErasureScope,
  reason: string | undefined,
): Promise<RequestedErasure> {
  const { jobId, isMade } = await findAttempt(deps, tenantId, scope);
  if (isMade) return { requestId: jobId, jobId };
  try {
    return await makeRequest(deps, actor, tenantId, { scope, reason, jobId });
  } catch (error) {
    // Somebody else may have asked at the same moment, and what this call was about to read is gone since.
    const isGone = error instanceof AppError && ["not-found", "subject-erased"].includes(error.code);
    const other = isGone ? await findAttempt(deps, tenantId, scope) : undefined;
    if (other?.isMade !== true) throw error;
    return { requestId: other.jobId, jobId: other.jobId };
  }
}

async function makeRequest(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  { scope, reason, jobId }: { scope: ErasureScope; reason: string | undefined; jobId: string },
): Promise<RequestedErasure> {
  const { subjectId } = scope;
  const requestId = jobId;
  const audit = await contextOfSubject(deps, tenantId, subjectId);
  const dek = audit.person?.dek;
  const input = dek === undefined ? undefined : await sealInput(deps, dek, tenantId, scope, jobId);
  const receivedAt = deps.clock.now();

  const begun = await deps.stores.data.runTransaction(async (tx) => {
    if ((await findJobIn(tx, deps.stores, tenantId, jobId)) !== undefined) return undefined;
    const holds = await freeze(tx, deps, tenantId, scope, receivedAt);
    const request = { requestId, tenantId, subjectId, kind: "erasure", actor, jobId, reason, receivedAt } as const;
    fileRequest(tx, deps, audit, request);
    if (input !== undefined) keepScratch(tx, deps.stores, tenantId, jobId, input, receivedAt);
    const heldItems = holds.reduce((count, hold) => count + hold.items.length, 0);
    const erasure = { jobId, tenantId, scope, actor, requestId, heldItems, at: receivedAt };
    return { job: beginErasure(tx, deps, audit, erasure), heldItems };
  });
  if (begun === undefined) return { requestId, jobId };
  // Durable now: the freeze, the tombstone, the request, its job and its audit entry. If we stop before the next line,
  // the job's step destroy-key does the same; if we stop before publishing, resume-stalled-jobs publishes.
  if (scope.kind === "person" && begun.heldItems === 0)
    await destroyPersonKey(deps, { tenantId, subjectId, jobId }, dek, input !== undefined);
  await publishJob(deps, begun.job);
  return { requestId, jobId };
}

/**
 * Freezes what is to be erased, in a transaction that sees whether it is there and what holds keep of it: a hold that is
 * placed at the same moment comes before the freeze and is seen, or after it and is refused.
 *
 * @returns the holds that the erasure must pass over.
 */
async function freeze(
  tx: Transaction,
  deps: Deps,
  tenantId: string,
  scope: ErasureScope,
  now: Date,
): Promise<readonly Hold[]> {
  const { subjectId } = scope;
  const [subject, path, holds] = await Promise.all([
    readFreezeTargets(tx, deps.stores, { tenantId, subjectId }),
    readTarget(tx, deps.stores, tenantId, scope),
    holdsInForce(deps.stores, { tenantId, subjectId }, now, tx),
  ]);
  if (subject.state === undefined) throw new AppError("not-found", `no subject ${subjectId}`);
  if (scope.kind === "person") {
    subject.apply("erasing");
    return holds;
  }
  const hold = holds.find((candidate) => isHeld([candidate], path));
  if (hold !== undefined) throw new AppError("legal-hold", `hold ${hold.id} keeps this ${scope.kind}`);
  if (scope.kind === "conversation") freezeConversation(tx, deps.stores, tenantId, scope.conversationId, "erasing");
  return [];
}

/** Seals what the job must still know: undefined where that is nothing. Commits nothing before a person's key goes. */
async function sealInput(
  deps: Deps,
  dek: SealingKey,
  tenantId: string,
  scope: ErasureScope,
  jobId: string,
): Promise<Uint8Array | undefined> {
  const subject = { tenantId, subjectId: scope.subjectId };
  const addresses = scope.kind === "person" ? await findVerifiedAddresses(deps, subject) : [];
  const { reference } = await profileOf(deps, subject);
  const isWrittenTo = scope.kind === "person" && (await wasWrittenTo(deps.stores, subject));
  if (addresses.length === 0 && reference === undefined && !isWrittenTo) return undefined;
  const input: ErasureInput = { addresses, reference, wasWrittenTo: isWrittenTo };
  return scope.kind === "person"
    ? sealForHeir(deps, dek, tenantId, jobId, input)
    : sealScratch(deps, tenantId, jobId, input);
}
