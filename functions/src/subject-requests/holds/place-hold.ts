import type { DocumentReference, Transaction } from "@google-cloud/firestore";
import { idempotentId } from "../../crypto/blind-index.ts";
import type { Actor } from "../../identity/caller.ts";
import { documentRef } from "../../inventory/collections.ts";
import { appendEntry } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { assertKnown } from "../../subjects/profile.ts";
import { contextOfSubject } from "../context-of-subject.ts";
import { openErasuresOf } from "../store.ts";
import { createHold, findHold, readHold } from "./store.ts";

/** What is to be kept, of one person: conversations and leads by id, on which basis, until when. */
export interface NewHold {
  conversationIds: readonly string[];
  leadIds: readonly string[];
  /** In words; it stands in receipts. */
  basis: string;
  endsAt: Date;
}

/**
 * Places a hold: named items of a person are kept, whatever is asked to erase or purge them, until its end.
 *
 * Person, items and erasures under way are read in the transaction that places it: a hold that is in force keeps what it
 * names, however close an erasure was.
 *
 * @returns the hold's id; the same idempotency key gives the same hold.
 * @throws AppError `input-invalid` without items, for an end in the past, or for an item that is not the person's;
 * `subject-frozen` for an item that is being erased; `not-found`, `subject-erased` for such a person.
 * @see GDPR Art. 17(3)(b), 17(3)(e), 18(1)(c)
 */
export async function placeHold(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  hold: NewHold,
  idempotencyKey: string,
): Promise<string> {
  const { tenantId, subjectId } = subject;
  const { basis, endsAt } = hold;
  const createdAt = deps.clock.now();
  if (endsAt <= createdAt) throw new AppError("input-invalid", "a hold ends in the future");
  const refs = itemRefs(deps, tenantId, hold);
  if (refs.length === 0) throw new AppError("input-invalid", "a hold names what it keeps");
  const holdId = await idempotentId(deps, tenantId, "hold", subjectId, idempotencyKey);
  if ((await findHold(deps.stores, { tenantId, holdId })) !== undefined) return holdId;
  const audit = await contextOfSubject(deps, tenantId, subjectId);
  await deps.stores.data.runTransaction(async (tx) => {
    if ((await readHold(tx, deps.stores, { tenantId, holdId })) !== undefined) return;
    await assertKnown(tx, deps.stores, subject);
    await assertKeepable(tx, deps, subject, refs);
    const items = refs.map(({ path }) => path);
    createHold(tx, deps.stores, { id: holdId, tenantId, subjectId, items, basis, endsAt, createdAt });
    appendEntry(tx, audit, {
      action: "hold-placed",
      actor,
      personalTargets: [{ kind: "subject", id: subjectId }],
      reason: basis,
      outcome: "success",
      metadata: { holdId, items: items.length, endsAt: endsAt.toISOString() },
    });
  });
  return holdId;
}

function itemRefs(deps: Deps, tenantId: string, { conversationIds, leadIds }: NewHold): DocumentReference[] {
  return [
    ...conversationIds.map((conversationId) => documentRef(deps.stores, "conversations", { tenantId, conversationId })),
    ...leadIds.map((leadId) => documentRef(deps.stores, "leads", { tenantId, leadId })),
  ];
}

/** Makes sure that the items are there, the person's, and not being erased or purged by themselves. */
async function assertKeepable(
  tx: Transaction,
  deps: Deps,
  subject: { tenantId: string; subjectId: string },
  refs: readonly DocumentReference[],
): Promise<void> {
  const [items, erasures] = await Promise.all([tx.getAll(...refs), openErasuresOf(tx, deps.stores, subject)]);
  const going = new Set(erasures.flatMap(({ targets }) => [targets.conversationId, targets.leadId]));
  for (const item of items) {
    if (item.get("subjectId") !== subject.subjectId)
      throw new AppError("input-invalid", `${item.id} is not an item of subject ${subject.subjectId}`);
    if (going.has(item.id) || item.get("subjectState") === "erasing")
      throw new AppError("subject-frozen", `${item.id} is being erased`);
  }
}
