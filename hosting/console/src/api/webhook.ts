import type { Api } from "./api.ts";
import type { Webhook, WebhookDelivery } from "./settings-shapes.ts";

const path = "/v1/webhook";

/** Where the business wants to be told of erasures, restrictions and corrections; null while it does not. */
export async function readWebhook(api: Api, signal: AbortSignal): Promise<Webhook | null> {
  return (await api.get<{ webhook: Webhook | null }>(path, { signal })).webhook;
}

/** A webhook, with its secret where it was just made: nobody can show it again. */
export interface SavedWebhook {
  webhook: Webhook;
  secret?: string;
}

/** Sets where messages go. @throws ApiProblem `input-invalid` for an address that is not public https. */
export function saveWebhook(api: Api, url: string): Promise<SavedWebhook> {
  return api.put<SavedWebhook>(path, { body: { url } });
}

/** Ends it; what is on its way is withdrawn. */
export async function deleteWebhook(api: Api): Promise<void> {
  await api.delete(path);
}

/** Makes another secret; the earlier one signs too for a day. */
export function renewWebhookSecret(api: Api): Promise<SavedWebhook> {
  return api.post<SavedWebhook>(`${path}/secret`);
}

/** Sends a message that says nothing. @returns the id of the message and of its job. */
export async function testWebhook(api: Api, idempotencyKey: string): Promise<string> {
  return (await api.post<{ notificationId: string }>(`${path}/test`, { idempotencyKey })).notificationId;
}

/** What was sent, newest first, at most 100. */
export async function listDeliveries(api: Api, signal: AbortSignal): Promise<readonly WebhookDelivery[]> {
  return (await api.get<{ deliveries: WebhookDelivery[] }>(`${path}/deliveries`, { signal })).deliveries;
}
