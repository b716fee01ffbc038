import { z } from "zod";
import { changeRetention, listRetention } from "../../retention/change-retention.ts";
import { type AdjustableName, adjustableClasses, isAdjustable } from "../../retention/policy.ts";
import { previewRetention } from "../../retention/preview-retention.ts";
import { describeKeys } from "../../rotation/describe-keys.ts";
import { startRotation } from "../../rotation/start-rotation.ts";
import { type RouteTable, route } from "../route.ts";

const names = Object.keys(adjustableClasses).filter(isAdjustable) as [AdjustableName, ...AdjustableName[]];
const params = z.strictObject({ class: z.enum(names) });
const days = z.int().min(1).max(36_500).nullable();
const time = z.iso.datetime();

/** How long each class of data is kept. */
export const retentionRoutes = {
  "GET /v1/retention": route({
    caller: "account:read",
    summary: "Every class with its period, bounds and why",
    answer: {
      200: z.object({
        classes: z.array(
          z.object({
            name: z.enum(names),
            title: z.string(),
            covers: z.array(z.string()),
            days: days,
            next: z.object({ days, from: time }).optional(),
            defaultDays: days,
            minimumDays: z.int(),
            maximumDays: days,
            hiddenAtOnce: z.boolean(),
            why: z.string(),
          }),
        ),
      }),
    },
    audit: { none: "settings of the business" },
    limit: "staff-read",
    handle: async (deps, staff) => ({ status: 200, body: { classes: await listRetention(deps, staff.tenantId) } }),
  }),
  "POST /v1/retention/{class}/preview": route({
    caller: "retention:write",
    summary: "What a period would purge",
    params,
    body: z.strictObject({ days }),
    answer: { 200: z.object({ purges: z.array(z.object({ collection: z.string(), count: z.int() })) }) },
    audit: { none: "counts only" },
    limit: "staff-read",
    handle: async (deps, staff, { params: { class: name }, body }) => ({
      status: 200,
      body: { purges: await previewRetention(deps, staff.tenantId, name, body.days) },
    }),
  }),
  "PUT /v1/retention/{class}": route({
    caller: "retention:write",
    summary: "Change a period; a shorter one holds after 24 hours",
    params,
    body: z.strictObject({ days }),
    answer: { 200: z.object({ from: time }) },
    audit: "retention-changed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { class: name }, body }) => ({
      status: 200,
      body: { from: await changeRetention(deps, staff, name, body.days) },
    }),
  }),
  "GET /v1/keys/rotation": route({
    caller: "keys:write",
    summary: "The keys that protect the account's data, and when each is made, replaced and destroyed",
    answer: {
      200: z.strictObject({
        tenantKeys: z.array(
          z.strictObject({
            version: z.int(),
            createdAt: time,
            kmsVersion: z.string(),
            destroyedFrom: time.optional(),
          }),
        ),
        nextRotationAt: time,
        kmsVersions: z.array(
          z.strictObject({
            version: z.string(),
            state: z.string(),
            createdAt: time,
            unusedSince: time.optional(),
            destroyedFrom: time.optional(),
            destroyAt: time.optional(),
          }),
        ),
      }),
    },
    audit: { none: "numbers and dates of keys, no key" },
    limit: "staff-read",
    handle: async (deps, staff) => ({ status: 200, body: await describeKeys(deps, staff.tenantId) }),
  }),
  "POST /v1/keys/rotation": route({
    caller: "keys:write",
    summary: "Rotate the key that wraps persons' keys; at most once a day",
    answer: { 202: z.object({ jobId: z.string() }) },
    audit: "keys-rotated",
    limit: "staff-write",
    handle: async (deps, staff) => ({ status: 202, body: { jobId: await startRotation(deps, staff) } }),
  }),
} as const satisfies RouteTable;
