import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionGroupRef, documentRef, type Stores } from "../inventory/collections.ts";
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

interface Stamp {
  toDate(): Date;
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

/** Records of every tenant of the region of which somebody is to be reminded, the longest due first. */
export async function listDueDeadlines(
  stores: Stores,
  kind: DeadlineKind,
  now: Date,
  limit: number,
): Promise<Deadline[]> {
  const due = collectionGroupRef(stores, collectionOf[kind])
    .where("nextReminderAt", "<=", now)
    .orderBy("nextReminderAt")
    .limit(limit);
  return (await due.get()).docs.flatMap((snapshot) => deadlineFrom(kind, snapshot) ?? []);
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
