import type { QueryDocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionRef, type Stores } from "../inventory/collections.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import { msOf } from "../inventory/stored.ts";
import type { ExpiredRecord } from "./store.ts";

/** What a person is kept for. */
const reasons = collections.filter(({ keepsSubject }) => keepsSubject === true);

/** Whether the records of a collection are reasons to keep their person. */
export function isReason(name: CollectionName): boolean {
  return reasons.some((reason) => reason.name === name);
}

/**
 * Whether anything but some due records is a reason to keep a person: a chat, a lead, a request, who was told of it, or
 * the proof of a consent that was withdrawn. Whoever wrote meanwhile is kept: a record that is not as old as it was when
 * it was listed is a reason again.
 *
 * @param tx - the transaction that releases the person.
 * @param due - what is about to be purged.
 */
export async function hasReasonLeft(
  tx: Transaction,
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
  due: readonly ExpiredRecord[],
): Promise<boolean> {
  const { tenantId, subjectId } = subject;
  const agedAtMs = new Map(due.map(({ path, agedAt }) => [path, agedAt.getTime()]));
  const isDue = ({ ref }: QueryDocumentSnapshot, since: unknown) => agedAtMs.get(ref.path) === msOf(since);
  const left = await Promise.all(
    reasons.map(async ({ name, agedBy = "" }) => {
      const own = collectionRef(stores, name, { tenantId } as never).where("subjectId", "==", subjectId);
      // A withdrawal is told by what it withdrew, so all of a person's consents are looked at.
      const { docs } = await tx.get(name === "consents" ? own : own.limit(due.length + 1));
      const standing = name === "consents" ? withdrawalsAmong(docs) : docs;
      // A chat in which nothing was asked has only its start.
      return standing.some((stored) => !isDue(stored, stored.get(agedBy) ?? stored.get("startedAt")));
    }),
  );
  return left.includes(true);
}

/** Who never consented has nothing to prove: a refusal is no withdrawal. @see GDPR Art. 7(1) */
function withdrawalsAmong(consents: readonly QueryDocumentSnapshot[]): QueryDocumentSnapshot[] {
  const wasGiven = (withdrawal: QueryDocumentSnapshot) =>
    consents.some(
      (stored) =>
        stored.get("given") === true &&
        stored.get("purpose") === withdrawal.get("purpose") &&
        msOf(stored.get("createdAt")) < msOf(withdrawal.get("createdAt")),
    );
  return consents.filter((stored) => stored.get("given") === false && wasGiven(stored));
}
