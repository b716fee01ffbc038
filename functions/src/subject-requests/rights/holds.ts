import { idempotentId } from "../../crypto/blind-index.ts";
import type { Actor } from "../../identity/caller.ts";
import { collectionRef, documentRef } from "../../inventory/collections.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { actOnSubject } from "./act.ts";

/** What is to be kept: conversations and leads of one person, by id. */
export interface HoldItems {
  conversationIds: readonly string[];
  leadIds: readonly string[];
}

/**
 * Places a hold: named items of a person are kept, whatever is asked to erase or purge them, until its end.
 *
 * @param basis - the legal basis, in words; it stands in receipts.
 * @returns the hold's id; the same idempotency key gives the same hold.
 * @throws AppError `input-invalid` without items, for an end in the past, or for an item that is not the person's;
 * `not-found`, `subject-erased`.
 * @see GDPR Art. 17(3)(b), 17(3)(e), 18(1)(c)
 */
export async function placeHold(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  hold: HoldItems & { basis: string; endsAt: Date },
  idempotencyKey: string,
): Promise<string> {
  const { tenantId, subjectId } = subject;
  const createdAt = deps.clock.now();
  if (hold.endsAt <= createdAt) throw new AppError("input-invalid", "a hold ends in the future");
  const refs = [
    ...hold.conversationIds.map((conversationId) =>
      documentRef(deps.stores, "conversations", { tenantId, conversationId }),
    ),
    ...hold.leadIds.map((leadId) => documentRef(deps.stores, "leads", { tenantId, leadId })),
  ];
  if (refs.length === 0) throw new AppError("input-invalid", "a hold names what it keeps");
  for (const ref of refs) {
    if ((await ref.get()).get("subjectId") !== subjectId)
      throw new AppError("input-invalid", `${ref.id} is not an item of subject ${subjectId}`);
  }
  const holdId = await idempotentId(deps, tenantId, "hold", subjectId, idempotencyKey);
  const ref = documentRef(deps.stores, "holds", { tenantId, holdId });
  if ((await ref.get()).exists) return holdId;
  const items = refs.map(({ path }) => path);
  await actOnSubject(
    deps,
    {
      action: "hold-placed",
      actor,
      ...subject,
      reason: hold.basis,
      metadata: { holdId, items: items.length, endsAt: hold.endsAt.toISOString() },
    },
    (tx) => {
      tx.set(ref, { subjectId, state: "active", items, basis: hold.basis, endsAt: hold.endsAt, createdAt });
      return true;
    },
  );
  return holdId;
}

/**
 * Lifts a hold before its end; what it kept follows its usual rules from then on.
 *
 * @throws AppError `not-found`.
 */
export async function liftHold(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  holdId: string,
  reason: string,
): Promise<void> {
  const ref = documentRef(deps.stores, "holds", { tenantId, holdId });
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await tx.get(ref);
    if (!stored.exists) throw new AppError("not-found", `no hold ${holdId}`);
    if (stored.get("state") !== "active") return;
    tx.update(ref, { state: "lifted", liftedAt: deps.clock.now() });
    appendEntry(tx, audit, {
      action: "hold-lifted",
      actor,
      targets: [{ kind: "hold", id: holdId }],
      outcome: "success",
      personalTargets: [{ kind: "reason", id: reason }],
    });
  });
}

/** A hold as staff see it. */
export interface HoldSummary {
  holdId: string;
  subjectId: string;
  items: number;
  basis: string;
  endsAt: Date;
  state: string;
}

/** Holds of the tenant, soonest end first. */
export async function listHolds(deps: Deps, tenantId: string): Promise<HoldSummary[]> {
  const { docs } = await collectionRef(deps.stores, "holds", { tenantId }).orderBy("endsAt").limit(200).get();
  return docs.map((snapshot) => {
    const data = snapshot.data() as {
      subjectId: string;
      items: string[];
      basis: string;
      endsAt: { toDate(): Date };
      state: string;
    };
    return {
      holdId: snapshot.id,
      subjectId: data.subjectId,
      items: data.items.length,
      basis: data.basis,
      endsAt: data.endsAt.toDate(),
      state: data.state,
    };
  });
}
