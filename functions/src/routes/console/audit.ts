import { z } from "zod";
import { type AuditAction, actions } from "../../ledger/actions.ts";
import { describeLog } from "../../ledger/prune-log.ts";
import { parseTilePath } from "../../ledger/tile.ts";
import { readAuditTrail } from "../../tenants/read-audit-trail.ts";
import { readLogEntries } from "../../tenants/read-log-entries.ts";
import { type RouteTable, route } from "../route.ts";
import { nextCursor, page, recordId, time } from "./shapes.ts";

const partyShape = z.strictObject({
  kind: z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
  erased: z.literal(true).optional(),
});

const entryShape = z.strictObject({
  entryId: recordId,
  action: z.string(),
  title: z.string(),
  crud: z.enum(["create", "read", "update", "delete", "none"]),
  occurredAt: time,
  outcome: z.string(),
  actor: partyShape,
  targets: z.array(partyShape),
  metadata: z.record(z.string(), z.unknown()),
  sequenced: z.boolean(),
  index: z.int().optional(),
});

const action = z.enum(Object.keys(actions) as [AuditAction, ...AuditAction[]]);

/** Number of a bundle as paths of tiles write it, such as `000`, `x001/234` or `002.p/91`. @see c2sp.org/tlog-tiles */
const bundle = z
  .string()
  .regex(/^(x\d{3}\/){0,4}\d{3}(\.p\/\d{1,3})?$/)
  .transform((path, context) => {
    const tile = parseTilePath(`tile/entries/${path}`);
    if (tile !== undefined) return tile;
    context.addIssue({ code: "custom", message: "expected the path of a bundle of entries" });
    return z.NEVER;
  });

/** A party whose commitment no key opens any more was a person. */
function shown<Party extends { id?: string }>(party: Party): Party & { erased?: true } {
  return party.id === undefined ? { ...party, erased: true } : party;
}

/** The audit trail, for whoever may read it. */
export const auditRoutes = {
  "GET /v1/audit": route({
    caller: "audit:read",
    summary: "The audit trail, newest first: what waits for the log, then the log",
    query: z.strictObject({ ...page, action: action.optional(), subjectId: recordId.optional() }),
    answer: { 200: z.strictObject({ entries: z.array(entryShape), nextCursor }) },
    audit: "audit-read",
    limit: "staff-read",
    handle: async (deps, staff, { query }) => {
      const { entries, ...rest } = await readAuditTrail(deps, staff, query);
      const body = entries.map((entry) => ({
        ...entry,
        actor: shown(entry.actor),
        targets: entry.targets.map(shown),
        sequenced: entry.index !== undefined,
      }));
      return { status: 200, body: { entries: body, ...rest } };
    },
  }),
  "GET /v1/audit/log/tile/entries/{bundle+}": route({
    caller: "audit:read",
    summary:
      "Published entries of the log as they were hashed: beside its public checkpoint and tiles, what verify takes",
    params: z.strictObject({ bundle }),
    answer: { 200: "a bundle of entries (c2sp.org/tlog-tiles)" },
    audit: "audit-read",
    limit: "staff-read",
    handle: async (deps, staff, { params }) => ({
      status: 200,
      content: await readLogEntries(deps, staff, params.bundle),
      contentType: "application/octet-stream",
    }),
  }),
  "GET /v1/audit/log": route({
    caller: "audit:read",
    summary: "How many entries the log has had, and how many of the first were deleted under the retention policy",
    answer: {
      200: z.strictObject({
        size: z.int(),
        pruned: z.strictObject({ entries: z.int(), until: time, days: z.int(), prunedAt: time }).optional(),
      }),
    },
    audit: { none: "numbers, no entries" },
    limit: "staff-read",
    handle: async (deps, staff) => ({ status: 200, body: await describeLog(deps, staff.tenantId) }),
  }),
} as const satisfies RouteTable;
