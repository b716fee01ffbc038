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

/** Whether a record must be kept: it is an item itself, or lies below one. */
export function isHeld(holds: readonly Hold[], path: string): boolean {
  return holds.some((hold) => hold.items.some((item) => path === item || path.startsWith(`${item}/`)));
}
