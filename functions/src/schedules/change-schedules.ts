import { idempotentId } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { isTimeZone, nextRun } from "./next-run.ts";
import { type Rhythm, type Schedule, scheduleLimit } from "./schedule.ts";
import { deleteScheduleRecord, findScheduleIn, listSchedulesOf, saveSchedule } from "./store.ts";

/** What may be said about a schedule. */
export type ScheduleFields = Rhythm & { enabled: boolean };

/** A tenant's schedules, the oldest first. */
export function listSchedules(deps: Deps, tenantId: string): Promise<Schedule[]> {
  return listSchedulesOf(deps.stores, tenantId);
}

/**
 * Has the whole account exported at the tenant's own hour, every week or month.
 * The same idempotency key gives the same schedule.
 *
 * @throws AppError `input-invalid` for a rhythm that does not exist, or beyond ten schedules.
 */
export async function createSchedule(
  deps: Deps,
  staff: Staff,
  fields: ScheduleFields,
  idempotencyKey: string,
): Promise<Schedule> {
  const { tenantId, actor } = staff;
  assertRhythm(fields);
  const scope = `${actor.kind}/${actor.id}`;
  const [id, audit] = await Promise.all([
    idempotentId(deps, tenantId, "schedule", scope, idempotencyKey),
    auditContext(deps, tenantId),
  ]);
  const createdAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const known = await listSchedulesOf(deps.stores, tenantId, tx);
    const same = known.find((schedule) => schedule.id === id);
    if (same !== undefined) return same;
    if (known.length >= scheduleLimit)
      throw new AppError("input-invalid", `a business has at most ${scheduleLimit} schedules`);
    const schedule: Schedule = {
      ...fields,
      id,
      tenantId,
      kind: "account-export",
      nextRunAt: fields.enabled ? nextRun(fields, createdAt) : null,
      lastRunAt: null,
      lastExportId: null,
      createdAt,
    };
    saveSchedule(tx, deps.stores, schedule);
    appendEntry(tx, audit, { ...entryOf(schedule), action: "schedule-created", actor });
    return schedule;
  });
}

/**
 * Changes a schedule; it then runs at the next time of its rhythm.
 *
 * @throws AppError `not-found`; `input-invalid` for a rhythm that does not exist.
 */
export async function changeSchedule(
  deps: Deps,
  staff: Staff,
  scheduleId: string,
  fields: ScheduleFields,
): Promise<Schedule> {
  const { tenantId, actor } = staff;
  assertRhythm(fields);
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const stored = await findScheduleIn(tx, deps.stores, tenantId, scheduleId);
    if (stored === undefined) throw new AppError("not-found", `no schedule ${scheduleId}`);
    const schedule = { ...stored, ...fields, nextRunAt: fields.enabled ? nextRun(fields, now) : null };
    saveSchedule(tx, deps.stores, schedule);
    appendEntry(tx, audit, { ...entryOf(schedule), action: "schedule-changed", actor });
    return schedule;
  });
}

/** Deletes a schedule; exports that it made stay. @throws AppError `not-found`. */
export async function deleteSchedule(deps: Deps, staff: Staff, scheduleId: string): Promise<void> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await findScheduleIn(tx, deps.stores, tenantId, scheduleId);
    if (stored === undefined) throw new AppError("not-found", `no schedule ${scheduleId}`);
    deleteScheduleRecord(tx, deps.stores, stored);
    appendEntry(tx, audit, {
      action: "schedule-deleted",
      actor,
      targets: [{ kind: "schedule", id: scheduleId }],
      outcome: "success",
    });
  });
}

function assertRhythm({ every, day, timeZone }: Rhythm): void {
  if (every === "week" && day > 7) throw new AppError("input-invalid", "day of the week is 1 (Monday) to 7");
  if (!isTimeZone(timeZone)) throw new AppError("input-invalid", "timeZone is not one that is known");
}

function entryOf({ id, kind, every, day, hour, timeZone, enabled }: Schedule) {
  return {
    targets: [{ kind: "schedule", id }],
    outcome: "success",
    metadata: { kind, every, day, hour, timeZone, enabled },
  } as const;
}
