import { type DocumentSnapshot, FieldPath, type Transaction } from "@google-cloud/firestore";
import { collectionGroupRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import { type DeadlineKind, type ReminderFields, remindersFrom } from "./deadline.ts";

/** A record that staff are reminded of. */
export interface Deadline extends ReminderFields {
  kind: DeadlineKind;
  id: string;
  tenantId: string;
  endsAt: Date;
  /** Nothing is to be done any more: a hold that was lifted, a request that was answered. */
  isSettled: boolean;
  /** Items that a hold keeps; absent for a request. */
  items?: number;
}

const collectionOf = { hold: "holds", request: "requests" } as const;

function deadlineFrom(kind: DeadlineKind, snapshot: DocumentSnapshot): Deadline | undefined {
  const data = snapshot.data();
  if (data === undefined) return undefined;
  const items: unknown = data.items;
  return {
    kind,
    id: snapshot.id,
    tenantId: snapshot.ref.path.split("/")[1] ?? "",
    endsAt: ((kind === "hold" ? data.endsAt : data.dueAt) as Stamp).toDate(),
    isSettled: data.state !== (kind === "hold" ? "active" : "received"),
    ...(Array.isArray(items) ? { items: items.length } : {}),
    nextReminderAt: (data.nextReminderAt as Stamp | null | undefined)?.toDate() ?? null,
    reminders: remindersFrom(data.reminders),
  };
}

/**
 * Records of every tenant of the region of which somebody is to be reminded, the longest due first.
 *
 * @param after - the last one of the page before; one that is still due is not given twice.
 */
export async function pageOfDueDeadlines(
  stores: Stores,
  kind: DeadlineKind,
  now: Date,
  limit: number,
  after?: Deadline,
): Promise<Deadline[]> {
  const due = collectionGroupRef(stores, collectionOf[kind])
    .where("nextReminderAt", "<=", now)
    .orderBy("nextReminderAt")
    .orderBy(FieldPath.documentId())
    .limit(limit);
  const page = after === undefined ? due : due.startAfter(after.nextReminderAt, refOf(stores, after));
  return (await page.get()).docs.flatMap((snapshot) => deadlineFrom(kind, snapshot) ?? []);
}

function refOf(stores: Stores, { kind, tenantId, id }: Pick<Deadline, "kind" | "tenantId" | "id">) {
  return kind === "hold"
    ? documentRef(stores, "holds", { tenantId, holdId: id })
    : documentRef(stores, "requests", { tenantId, requestId: id });
}

/** The record as a transaction sees it, or undefined. */
export async function findDeadlineIn(
  tx: Transaction,
  stores: Stores,
  of: Pick<Deadline, "kind" | "tenantId" | "id">,
): Promise<Deadline | undefined> {
  return deadlineFrom(of.kind, await tx.get(refOf(stores, of)));
}

/** Changes what a record keeps of its reminders. */
export function saveReminders(
  tx: Transaction,
  stores: Stores,
  of: Pick<Deadline, "kind" | "tenantId" | "id">,
  fields: Partial<ReminderFields>,
): void {
  tx.update(refOf(stores, of), { ...fields });
}
