import type { Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";

/** States of a data subject. Only an active one is written for; a restricted one is kept and not used. */
export type SubjectState = "active" | "restricted" | "erasing";

/** The grounds of Art. 18(1), in its order. */
export type RestrictionGround = "accuracy" | "unlawful" | "claims" | "objection";

/** Why a person is restricted, and how an objection stands. @see GDPR Art. 18(1), 21(1) */
export interface Restriction {
  /** Each once, in the order in which they came. The restriction ends when none is left. */
  grounds: readonly RestrictionGround[];
  /** When the first of them came. */
  since: Date;
  /** Absent when nobody objected. */
  objection?: "undecided" | "upheld" | "rejected";
}

/** A subject and its open heads, read in a transaction, to be frozen in the same one. */
export interface FreezeTargets {
  /** The stored state, or undefined when there is no such subject. */
  state: SubjectState | undefined;
  /** When the subject was first met; what was made before cannot hold it. */
  createdAt: Date | undefined;
  /** Absent for one who is not restricted. */
  restriction: Restriction | undefined;
  /** Writes the state to the subject and to the copy in each open head; a restricted one's reason beside it. */
  apply(state: SubjectState, restriction?: Restriction): void;
}

/** Most conversations of one person that can be open; opening one more closes the oldest. */
export const openConversationsLimit = 20;

/**
 * Reads what freezing a person touches: the subject and its open conversations, at most 20.
 * A turn reads only its head, so the head's copy of the state is what stops one.
 *
 * @param tx - the transaction of the act; call before its first write.
 */
export async function readFreezeTargets(
  tx: Transaction,
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
): Promise<FreezeTargets> {
  const { tenantId, subjectId } = subject;
  const ref = documentRef(stores, "subjects", { tenantId, subjectId });
  const openHeads = collectionRef(stores, "conversations", { tenantId })
    .where("subjectId", "==", subjectId)
    .where("state", "==", "open")
    .limit(openConversationsLimit + 5);
  const [stored, heads] = await Promise.all([tx.get(ref), tx.get(openHeads)]);
  const data = stored.data() as
    | { state: SubjectState; createdAt: { toDate(): Date }; restriction?: StoredRestriction }
    | undefined;
  return {
    state: data?.state,
    createdAt: data?.createdAt.toDate(),
    restriction: restrictionFrom(data?.restriction),
    apply(state, restriction) {
      tx.update(ref, { state, ...(state === "erasing" ? {} : { restriction: restriction ?? null }) });
      for (const head of heads.docs) tx.update(head.ref, { subjectState: state });
    },
  };
}

/** A restriction as Firestore holds it; null once it is lifted. */
export type StoredRestriction = (Omit<Restriction, "since"> & { since: { toDate(): Date } }) | null;

/** A restriction from its stored form. @returns undefined where there is none. */
export function restrictionFrom(stored: StoredRestriction | undefined): Restriction | undefined {
  return stored === undefined || stored === null ? undefined : { ...stored, since: stored.since.toDate() };
}

/** Freezes or thaws one conversation's head alone. Call after the transaction's reads. */
export function freezeConversation(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  conversationId: string,
  state: SubjectState,
): void {
  tx.update(documentRef(stores, "conversations", { tenantId, conversationId }), { subjectState: state });
}
