import { type DocumentSnapshot, FieldPath, type Transaction } from "@google-cloud/firestore";
import { collectionGroupRef, collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { Schedule } from "./schedule.ts";

type StoredSchedule = Omit<Schedule, "id" | "tenantId" | "nextRunAt" | "lastRunAt" | "createdAt"> & {
  nextRunAt: Stamp | null;
  lastRunAt: Stamp | null;
  createdAt: Stamp;
};

function scheduleFrom(snapshot: DocumentSnapshot): Schedule | undefined {
  const data = snapshot.data() as StoredSchedule | undefined;
  if (data === undefined) return undefined;
  return {
    ...data,
    id: snapshot.id,
    tenantId: snapshot.ref.path.split("/")[1] ?? "",
    nextRunAt: data.nextRunAt?.toDate() ?? null,
    lastRunAt: data.lastRunAt?.toDate() ?? null,
    createdAt: data.createdAt.toDate(),
  };
}

/** Writes a schedule. */
export function saveSchedule(tx: Transaction, stores: Stores, schedule: Schedule): void {
  const { id: scheduleId, tenantId, ...fields } = schedule;
  tx.set(documentRef(stores, "schedules", { tenantId, scheduleId }), fields);
}

/** Deletes a schedule. */
export function deleteScheduleRecord(tx: Transaction, stores: Stores, schedule: Schedule): void {
  tx.delete(documentRef(stores, "schedules", { tenantId: schedule.tenantId, scheduleId: schedule.id }));
}

/** A schedule as a transaction sees it, or undefined. */
export async function findScheduleIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  scheduleId: string,
): Promise<Schedule | undefined> {
  return scheduleFrom(await tx.get(documentRef(stores, "schedules", { tenantId, scheduleId })));
}

/** A tenant's schedules, the oldest first. */
export async function listSchedulesOf(stores: Stores, tenantId: string, tx?: Transaction): Promise<Schedule[]> {
  const all = collectionRef(stores, "schedules", { tenantId }).orderBy("createdAt");
  const { docs } = tx === undefined ? await all.get() : await tx.get(all);
  return docs.flatMap((snapshot) => scheduleFrom(snapshot) ?? []);
}

/**
 * Schedules of every tenant of the region that are due, the longest due first.
 *
 * @param after - the last one of the page before, absent at the start.
 */
export async function listDueSchedules(
  stores: Stores,
  now: Date,
  page: { after?: Schedule | undefined; limit: number },
): Promise<Schedule[]> {
  const { after, limit } = page;
  const due = collectionGroupRef(stores, "schedules")
    .where("nextRunAt", "<=", now)
    .orderBy("nextRunAt")
    .orderBy(FieldPath.documentId())
    .limit(limit);
  const from =
    after === undefined
      ? due
      : due.startAfter(
          after.nextRunAt,
          documentRef(stores, "schedules", { tenantId: after.tenantId, scheduleId: after.id }),
        );
  return (await from.get()).docs.flatMap((snapshot) => scheduleFrom(snapshot) ?? []);
}
