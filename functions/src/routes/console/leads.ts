import { z } from "zod";
import { changeLead } from "../../leads/change-lead.ts";
import type { Lead } from "../../leads/lead.ts";
import { listLeads } from "../../leads/list-leads.ts";
import type { OpenedLead } from "../../leads/open-lead.ts";
import { type RouteTable, route } from "../route.ts";
import { leadShape, nextCursor, page, recordId } from "./shapes.ts";

/** A lead as callers see it. */
export function wireLead({ lead, texts }: { lead: Lead; texts: OpenedLead["texts"] }): z.input<typeof wired> {
  const { id: leadId, subjectId, conversationId, channelId, state, createdAt } = lead;
  return { leadId, subjectId, conversationId, channelId, state, createdAt, ...texts };
}

const wired = leadShape.extend({ createdAt: z.date() });

/** What visitors left for a person to answer. */
export const leadRoutes = {
  "GET /v1/leads": route({
    caller: "leads:read",
    summary: "Leads with their text, newest first; those of erased persons are left out",
    query: z.strictObject(page),
    answer: { 200: z.strictObject({ leads: z.array(leadShape), nextCursor }) },
    audit: "leads-read",
    limit: "staff-read",
    handle: async (deps, staff, { query }) => {
      const { leads, ...rest } = await listLeads(deps, staff, query);
      return { status: 200, body: { leads: leads.map(wireLead), ...rest } };
    },
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
      return { status: 200, body: { lead: wireLead({ lead, texts: {} }) } };
    },
  }),
} as const satisfies RouteTable;
