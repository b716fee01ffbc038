import { z } from "zod";
import { cancelClosure } from "../../closure/cancel-closure.ts";
import { readClosure } from "../../closure/read-closure.ts";
import { requestClosure } from "../../closure/request-closure.ts";
import { waiveClosure } from "../../closure/waive-closure.ts";
import { type RouteTable, route } from "../route.ts";
import { secret } from "../secret.ts";
import { time } from "./shapes.ts";

/** The account's name as the owner typed it, and the owner's own password: nobody deletes an account by mistake. */
const proof = z.strictObject({
  confirmation: z.string().min(1).max(200),
  password: secret(z.string().min(1).max(200)),
});

const answer = {
  200: z.strictObject({
    state: z.enum(["open", "closing", "deleting"]),
    graceDays: z.int(),
    holds: z.int(),
    closure: z
      .strictObject({
        closureId: z.string(),
        requestedAt: time,
        requestedBy: z.string(),
        closesAt: time,
        goneBy: time,
        daysLeft: z.int(),
        waivedAt: time.optional(),
        startedAt: time.optional(),
      })
      .optional(),
  }),
};

/** Deletion of the whole account. */
export const closureRoutes = {
  "GET /v1/account/closure": route({
    caller: "account:read",
    summary: "Whether and when the account is deleted",
    answer,
    audit: { none: "dates of the business's own account" },
    limit: "staff-read",
    handle: async (deps, staff) => ({ status: 200, body: await readClosure(deps, staff.tenantId) }),
  }),
  "POST /v1/account/closure": route({
    caller: "account:close",
    summary: "Ask for the deletion of the account; asking again returns the first request",
    body: proof,
    answer,
    audit: "closure-requested",
    limit: "staff-write",
    handle: async (deps, staff, { body }) => ({ status: 200, body: await requestClosure(deps, staff, body) }),
  }),
  "POST /v1/account/closure/cancel": route({
    caller: "account:close",
    summary: "Take the request back, as long as the deletion has not begun",
    answer,
    audit: "closure-cancelled",
    limit: "staff-write",
    handle: async (deps, staff) => ({ status: 200, body: await cancelClosure(deps, staff) }),
  }),
  "POST /v1/account/closure/waive": route({
    caller: "account:close",
    summary: "Give up the rest of the grace: the deletion begins at once",
    body: proof,
    answer,
    audit: "closure-waived",
    limit: "staff-write",
    handle: async (deps, staff, { body }) => ({ status: 200, body: await waiveClosure(deps, staff, body) }),
  }),
} as const satisfies RouteTable;
