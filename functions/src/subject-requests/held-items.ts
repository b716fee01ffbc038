import type { Transaction } from "@google-cloud/firestore";
import { collectionRef, type Stores } from "../inventory/collections.ts";

/** A duty to keep certain items of a person. @see GDPR Art. 17(3)(b), 17(3)(e), 18(1)(c) */
export interface Hold {
  id: string;
  subjectId: string;
  /** Document paths of what must be kept; a conversation's head stands for its turns too. */
  items: readonly string[];
  basis: string;
  endsAt: Date;
}

interface StoredHold {
  subjectId: string;
  items: readonly string[];
  basis: string;
  endsAt: { toDate(): Date };
}

/** The holds in force over a person, soonest end first. */
export async function holdsInForce(
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
  now: Date,
): Promise<Hold[]> {
  const { docs } = await collectionRef(stores, "holds", { tenantId: subject.tenantId })
    .where("subjectId", "==", subject.subjectId)
    .where("state", "==", "active")
    .get();
  return docs
    .map((snapshot) => {
      const data = snapshot.data() as StoredHold;
      return { ...data, id: snapshot.id, endsAt: data.endsAt.toDate() };
    })
    .filter((hold) => hold.endsAt > now)
    .sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime());
}

/**
 * How many holds of a tenant are in force, whoever they are over.
 *
 * @param tx - a transaction that must not commit when that changes meanwhile; absent for a look.
 */
export async function countHoldsInForce(
  stores: Stores,
  tenantId: string,
  now: Date,
  tx?: Transaction,
): Promise<number> {
  const active = collectionRef(stores, "holds", { tenantId }).where("state", "==", "active");
  const { docs } = await (tx === undefined ? active.get() : tx.get(active));
  return docs.filter((snapshot) => (snapshot.data() as StoredHold).endsAt.toDate() > now).length;
}

/** Whether a record must be kept: it is an item itself, or lies below one. */
export function isHeld(holds: readonly Hold[], path: string): boolean {
  return holds.some((hold) => hold.items.some((item) => path === item || path.startsWith(`${item}/`)));
}
