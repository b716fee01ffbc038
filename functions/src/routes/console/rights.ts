import { z } from "zod";
import { extendHold } from "../../subject-requests/holds/extend-hold.ts";
import { liftHold } from "../../subject-requests/holds/lift-hold.ts";
import { listHolds } from "../../subject-requests/holds/list-holds.ts";
import { placeHold } from "../../subject-requests/holds/place-hold.ts";
import { readHeldItem } from "../../subject-requests/holds/read-held-item.ts";
import { decideObjection } from "../../subject-requests/rights/decide-objection.ts";
import { liftRestriction } from "../../subject-requests/rights/lift-restriction.ts";
import { recordObjection } from "../../subject-requests/rights/record-objection.ts";
import { rectifySubject } from "../../subject-requests/rights/rectify-subject.ts";
import { restrictSubject } from "../../subject-requests/rights/restrict-subject.ts";
import { verifyIdentifier } from "../../subject-requests/rights/verify-identifier.ts";
import { type RouteTable, route } from "../route.ts";
import { address, recordId, restrictionGround, text, reason as why } from "./shapes.ts";

const params = z.strictObject({ subjectId: recordId });
const reason = why.min(3);
const done = { 204: "done" };

/** What staff do for a data subject besides export and erasure. */
export const rightsRoutes = {
  "POST /v1/subjects/{subjectId}/restriction": route({
    caller: "subjects:write",
    summary: "Restrict processing (Art. 18)",
    params,
    body: z.strictObject({ ground: restrictionGround }),
    answer: done,
    audit: "subject-restricted",
    limit: "staff-write",
    handle: async (deps, staff, { params: { subjectId }, body }) => {
      await restrictSubject(deps, staff.actor, { tenantId: staff.tenantId, subjectId }, body.ground);
      return { status: 204 };
    },
  }),
  "POST /v1/subjects/{subjectId}/restriction/lift": route({
    caller: "subjects:write",
    summary: "Take a ground of the restriction away; when it is the last, tell the person and lift it",
    params,
    body: z.strictObject({ ground: restrictionGround.optional(), reason }),
    answer: done,
    audit: "restriction-lifted",
    limit: "staff-write",
    handle: async (deps, staff, { params: { subjectId }, body }) => {
      const subject = { tenantId: staff.tenantId, subjectId };
      await liftRestriction(deps, staff.actor, subject, body.reason, body.ground);
      return { status: 204 };
    },
  }),
  "POST /v1/subjects/{subjectId}/objection": route({
    caller: "subjects:write",
    summary: "Record an objection (Art. 21): restricts at once",
    params,
    answer: done,
    audit: "objection-received",
    limit: "staff-write",
    handle: async (deps, staff, { params: { subjectId } }) => {
      await recordObjection(deps, staff.actor, { tenantId: staff.tenantId, subjectId });
      return { status: 204 };
    },
  }),
  "POST /v1/subjects/{subjectId}/objection/decision": route({
    caller: "subjects:write",
    summary: "Decide an objection",
    params,
    body: z.strictObject({ decision: z.enum(["upheld", "rejected"]), reason }),
    answer: done,
    audit: "objection-decided",
    limit: "staff-write",
    handle: async (deps, staff, { params: { subjectId }, body }) => {
      await decideObjection(deps, staff.actor, { tenantId: staff.tenantId, subjectId }, body.decision, body.reason);
      return { status: 204 };
    },
  }),
  "POST /v1/subjects/{subjectId}/rectification": route({
    caller: "subjects:write",
    summary: "Correct what is kept of a person (Art. 16); null removes a field",
    params,
    body: z.strictObject({ name: text(200).nullish(), email: address.nullish(), phone: text(40).nullish(), reason }),
    answer: done,
    audit: "subject-rectified",
    limit: "staff-write",
    handle: async (deps, staff, { params: { subjectId }, body: { reason: stated, ...corrected } }) => {
      const given = Object.fromEntries(Object.entries(corrected).filter(([, value]) => value !== undefined));
      await rectifySubject(deps, staff.actor, { tenantId: staff.tenantId, subjectId }, given, stated);
      return { status: 204 };
    },
  }),
  "POST /v1/subjects/{subjectId}/identifiers": route({
    caller: "subjects:write",
    summary: "Record that an address or number was verified, and how",
    params,
    body: z.strictObject({ kind: z.enum(["email", "phone"]), value: text(254), how: reason }),
    answer: done,
    audit: "identifier-verified",
    limit: "staff-write",
    handle: async (deps, staff, { params: { subjectId }, body: { how, ...identifier } }) => {
      await verifyIdentifier(deps, staff.actor, { tenantId: staff.tenantId, subjectId }, identifier, how);
      return { status: 204 };
    },
  }),
  "GET /v1/holds": route({
    caller: "holds:write",
    summary: "Holds that nobody lifted, soonest end first, then those that are over; of one person where one is named",
    query: z.strictObject({ subjectId: recordId.optional(), cursor: z.string().max(300).optional() }),
    answer: {
      200: z.object({
        holds: z.array(
          z.object({
            holdId: recordId,
            subjectId: recordId,
            items: z.array(z.object({ kind: z.enum(["conversation", "lead"]), id: recordId })),
            basis: z.string(),
            createdAt: z.iso.datetime(),
            endsAt: z.iso.datetime(),
            state: z.enum(["active", "lifted", "ended"]),
            subjectErased: z.boolean(),
          }),
        ),
        nextCursor: z.string().optional(),
      }),
    },
    audit: { none: "ids, bases and dates; no person's data" },
    limit: "staff-read",
    handle: async (deps, staff, { query }) => ({
      status: 200,
      body: await listHolds(deps, staff.tenantId, query),
    }),
  }),
  "POST /v1/subjects/{subjectId}/holds": route({
    caller: "holds:write",
    summary: "Keep named items of a person until a date",
    params,
    body: z.strictObject({
      conversationIds: z.array(recordId).max(100).default([]),
      leadIds: z.array(recordId).max(100).default([]),
      basis: reason,
      endsAt: z.iso.datetime(),
    }),
    answer: { 201: z.object({ holdId: recordId }) },
    audit: "hold-placed",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { params: { subjectId }, body }, { idempotencyKey }) => {
      const hold = { ...body, endsAt: new Date(body.endsAt) };
      const holdId = await placeHold(deps, staff.actor, { tenantId: staff.tenantId, subjectId }, hold, idempotencyKey);
      return { status: 201, body: { holdId } };
    },
  }),
  "GET /v1/holds/{holdId}/items/{itemId}": route({
    caller: "holds:write",
    summary: "Read what a hold keeps of a person who is erased",
    params: z.strictObject({ holdId: recordId, itemId: recordId }),
    query: z.strictObject({ before: z.iso.datetime().optional() }),
    answer: {
      200: z.discriminatedUnion("kind", [
        z.object({
          kind: z.literal("lead"),
          createdAt: z.iso.datetime(),
          texts: z.record(z.string(), z.string()),
        }),
        z.object({
          kind: z.literal("conversation"),
          turns: z.array(
            z.object({
              turnId: z.string(),
              askedAt: z.iso.datetime(),
              question: z.string(),
              answer: z.string().optional(),
            }),
          ),
          more: z.boolean(),
        }),
      ]),
    },
    audit: "held-item-read",
    limit: "staff-read",
    handle: async (deps, staff, { params, query }) => {
      const before = query.before === undefined ? undefined : new Date(query.before);
      return { status: 200, body: await readHeldItem(deps, staff, params.holdId, params.itemId, { before }) };
    },
  }),
  "POST /v1/holds/{holdId}/extension": route({
    caller: "holds:write",
    summary: "Move the end of a hold to a later date",
    params: z.strictObject({ holdId: recordId }),
    body: z.strictObject({ endsAt: z.iso.datetime(), reason }),
    answer: done,
    audit: "hold-extended",
    limit: "staff-write",
    handle: async (deps, staff, { params, body: { endsAt, reason: stated } }) => {
      const extension = { endsAt: new Date(endsAt), reason: stated };
      await extendHold(deps, staff.actor, staff.tenantId, params.holdId, extension);
      return { status: 204 };
    },
  }),
  "POST /v1/holds/{holdId}/lift": route({
    caller: "holds:write",
    summary: "Lift a hold before its end",
    params: z.strictObject({ holdId: recordId }),
    body: z.strictObject({ reason }),
    answer: done,
    audit: "hold-lifted",
    limit: "staff-write",
    handle: async (deps, staff, { params, body }) => {
      await liftHold(deps, staff.actor, staff.tenantId, params.holdId, body.reason);
      return { status: 204 };
    },
  }),
} as const satisfies RouteTable;
