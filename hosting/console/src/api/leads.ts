import type { Api } from "./api.ts";
import { pageOf, type RestrictedUse } from "./conversations.ts";
import type { Lead, Page } from "./shapes.ts";

/** A page of leads, newest first; audited. */
export async function listLeads(api: Api, cursor?: string, signal?: AbortSignal): Promise<Page<Lead>> {
  const answer = await api.get<{ leads: Lead[]; nextCursor?: string }>("/v1/leads", {
    query: { cursor },
    ...(signal === undefined ? {} : { signal }),
  });
  return pageOf(answer.leads, answer.nextCursor);
}

/** Opens a restricted person's lead for a use that the law allows; audited with its reason. */
export async function openRestrictedLead(api: Api, leadId: string, use: RestrictedUse): Promise<Lead> {
  return (await api.post<{ lead: Lead }>(`/v1/leads/${leadId}/restricted-use`, { body: use })).lead;
}

/** Marks a lead as handled, or as new again. */
export async function changeLead(api: Api, leadId: string, state: Lead["state"]): Promise<void> {
  await api.put(`/v1/leads/${leadId}`, { body: { state } });
}
