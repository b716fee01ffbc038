import { z } from "zod";
import { changeLead } from "../../leads/change-lead.ts";
import { listLeads } from "../../leads/list-leads.ts";
import type { OpenedLead } from "../../leads/open-lead.ts";
import { useRestrictedLead } from "../../leads/use-restricted-lead.ts";
import { type RouteTable, route } from "../route.ts";
import { leadShape, nextCursor, page, recordId, restrictedUse } from "./shapes.ts";

/** A lead as callers see it. */
export function wireLead({ lead, texts, subjectState }: OpenedLead): z.input<typeof wired> {
  const { id: leadId, subjectId, conversationId, channelId, state, createdAt } = lead;
  return { leadId, subjectId, subjectState, conversationId, channelId, state, createdAt, ...texts };
}

const wired = leadShape.extend({ createdAt: z.date() });

/** What visitors left for a person to answer. */
export const leadRoutes = {
  "GET /v1/leads": route({
    caller: "leads:read",
    summary:
      "Leads with their text, newest first; those of erased persons are left out, those of restricted ones have none",
    query: z.strictObject(page),
    answer: { 200: z.strictObject({ leads: z.array(leadShape), nextCursor }) },
    audit: "leads-read",
    limit: "staff-read",
    handle: async (deps, staff, { query }) => {
      const { leads, ...rest } = await listLeads(deps, staff, query);
      return { status: 200, body: { leads: leads.map(wireLead), ...rest } };
    },
  }),
  "POST /v1/leads/{leadId}/restricted-use": route({
    caller: "subjects:write",
    summary: "Read a restricted person's lead for a use that Art. 18(2) allows",
    params: z.strictObject({ leadId: recordId }),
    body: restrictedUse,
    answer: { 200: z.strictObject({ lead: leadShape }) },
    audit: "restricted-data-used",
    limit: "staff-read",
    handle: async (deps, staff, { params: { leadId }, body }) => ({
      status: 200,
      body: { lead: wireLead(await useRestrictedLead(deps, staff, leadId, body)) },
    }),
  }),
  "PUT /v1/leads/{leadId}": route({
    caller: "leads:write",
    summary: "Note that somebody has taken care of a lead, or not yet",
    params: z.strictObject({ leadId: recordId }),
    body: z.strictObject({ state: z.enum(["new", "handled"]) }),
    answer: { 200: z.strictObject({ lead: leadShape }) },
    audit: "lead-changed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { leadId }, body }) => {
      const lead = await changeLead(deps, staff, leadId, body.state);
      return { status: 200, body: { lead: wireLead({ lead, texts: {}, subjectState: "active" }) } };
    },
  }),
} as const satisfies RouteTable;
