import { z } from "zod";
import { changeSchedule, createSchedule, deleteSchedule, listSchedules } from "../../schedules/change-schedules.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { type RouteTable, route } from "../route.ts";
import { recordId, time } from "./shapes.ts";

const params = z.strictObject({ scheduleId: recordId });
const rhythm = {
  every: z.enum(["week", "month"]),
  day: z.int().min(1).max(28),
  hour: z.int().min(0).max(23),
  timeZone: z.string().min(1).max(64),
  enabled: z.boolean().default(true),
};
const scheduleShape = z.strictObject({
  scheduleId: recordId,
  kind: z.enum(["account-export"]),
  ...rhythm,
  enabled: z.boolean(),
  nextRunAt: time.nullable(),
  lastRunAt: time.nullable(),
  lastExportId: recordId.nullable(),
  createdAt: time,
});

function wireSchedule({ id: scheduleId, tenantId: _tenant, ...rest }: Schedule) {
  return { scheduleId, ...rest };
}

/** Exports of the whole account at the hours of the business. */
export const scheduleRoutes = {
  "GET /v1/schedules": route({
    caller: "exports:account",
    summary: "Scheduled exports of the account",
    answer: { 200: z.strictObject({ schedules: z.array(scheduleShape) }) },
    audit: { none: "settings of the business" },
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { schedules: (await listSchedules(deps, staff.tenantId)).map(wireSchedule) },
    }),
  }),
  "POST /v1/schedules": route({
    caller: "exports:account",
    summary: "Export the account every week or month; `day` is 1 (Monday) to 7, or 1 to 28 of the month",
    body: z.strictObject(rhythm),
    answer: { 201: z.strictObject({ schedule: scheduleShape }) },
    audit: "schedule-created",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { body }, { idempotencyKey }) => ({
      status: 201,
      body: { schedule: wireSchedule(await createSchedule(deps, staff, body, idempotencyKey)) },
    }),
  }),
  "PUT /v1/schedules/{scheduleId}": route({
    caller: "exports:account",
    summary: "Change a schedule, or stop it for a while",
    params,
    body: z.strictObject(rhythm),
    answer: { 200: z.strictObject({ schedule: scheduleShape }) },
    audit: "schedule-changed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { scheduleId }, body }) => ({
      status: 200,
      body: { schedule: wireSchedule(await changeSchedule(deps, staff, scheduleId, body)) },
    }),
  }),
  "DELETE /v1/schedules/{scheduleId}": route({
    caller: "exports:account",
    summary: "Delete a schedule; its exports stay until their end",
    params,
    answer: { 204: "deleted" },
    audit: "schedule-deleted",
    limit: "staff-write",
    handle: async (deps, staff, { params: { scheduleId } }) => {
      await deleteSchedule(deps, staff, scheduleId);
      return { status: 204 };
    },
  }),
} as const satisfies RouteTable;
