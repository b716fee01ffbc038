import type { Deps } from "../platform/deps.ts";
import type { Notification } from "./notification.ts";
import { findNotificationRecord, findWebhook } from "./store.ts";

/** Host of the business's own endpoint, or undefined when it has none. */
export async function webhookHost(deps: Pick<Deps, "stores">, tenantId: string): Promise<string | undefined> {
  const webhook = await findWebhook(deps.stores, tenantId);
  return webhook === undefined ? undefined : new URL(webhook.url).host;
}

/** How a notification stands, or undefined when there is none. */
export function findNotification(
  deps: Pick<Deps, "stores">,
  tenantId: string,
  notificationId: string,
): Promise<Notification | undefined> {
  return findNotificationRecord(deps.stores, tenantId, notificationId);
}
