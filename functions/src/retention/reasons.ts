import type { QueryDocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionRef, type Stores } from "../inventory/collections.ts";
import type { ExpiredRecord } from "./store.ts";

/** What a person is kept for, with the field that says since when; a chat in which nothing was asked has only its start. */
const reasons = [
  { name: "conversations", agedBy: "lastTurnAt", otherwise: "startedAt" },
  { name: "leads", agedBy: "createdAt" },
  { name: "requests", agedBy: "receivedAt" },
  { name: "notifications", agedBy: "createdAt" },
] as const;

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
  const isDue = ({ ref }: QueryDocumentSnapshot, since: unknown) => agedAtMs.get(ref.path) === timeOf(since);
  const left = await Promise.all([
    ...reasons.map(async ({ name, agedBy, ...reason }) => {
      const own = collectionRef(stores, name, { tenantId }).where("subjectId", "==", subjectId);
      const { docs } = await tx.get(own.limit(due.length + 1));
      const since = (stored: QueryDocumentSnapshot): unknown =>
        stored.get(agedBy) ?? ("otherwise" in reason ? stored.get(reason.otherwise) : undefined);
      return docs.some((stored) => !isDue(stored, since(stored)));
    }),
    tx
      .get(collectionRef(stores, "consents", { tenantId }).where("subjectId", "==", subjectId))
      .then(({ docs }) => withdrawalsAmong(docs).some((stored) => !isDue(stored, stored.get("createdAt")))),
  ]);
  return left.includes(true);
}

/** Who never consented has nothing to prove: a refusal is no withdrawal. @see GDPR Art. 7(1) */
function withdrawalsAmong(consents: readonly QueryDocumentSnapshot[]): QueryDocumentSnapshot[] {
  const wasGiven = (withdrawal: QueryDocumentSnapshot) =>
    consents.some(
      (stored) =>
        stored.get("given") === true &&
        stored.get("purpose") === withdrawal.get("purpose") &&
        timeOf(stored.get("createdAt")) < timeOf(withdrawal.get("createdAt")),
    );
  return consents.filter((stored) => stored.get("given") === false && wasGiven(stored));
}

/** A stored time; not a number when there is none, which equals nothing. */
function timeOf(stamp: unknown): number {
  return stamp instanceof Object && "toDate" in stamp ? (stamp as { toDate(): Date }).toDate().getTime() : Number.NaN;
}
