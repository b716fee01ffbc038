import { idempotentId } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { publishJob } from "../jobs/jobs.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Notification } from "./notification.ts";
import { prepareWebhook } from "./prepare-webhook.ts";
import { listWebhookNotifications, readNotification } from "./store.ts";

/**
 * Sends a message that concerns nobody to the endpoint, the way every other goes. A repeat with the same key sends no
 * second one.
 *
 * @returns the id of the message.
 * @throws AppError `not-found` when there is no endpoint; `key-unavailable`.
 */
export async function sendTestEvent(deps: Deps, staff: Staff, idempotencyKey: string): Promise<string> {
  const { tenantId, actor } = staff;
  const id = await idempotentId(deps, tenantId, "webhook-test", actor.id, idempotencyKey);
  const prepared = await prepareWebhook(deps, { id, tenantId, event: "webhook.test", actor });
  if (prepared === undefined) throw new AppError("not-found", "no webhook");
  const job = await deps.stores.data.runTransaction(async (tx) => {
    if ((await readNotification(tx, deps.stores, tenantId, id)) !== undefined) return undefined;
    return prepared.write(tx);
  });
  if (job !== undefined) await publishJob(deps, job);
  return id;
}

/** The newest 100 messages to the endpoint, and how each stands. */
export function listDeliveries(deps: Pick<Deps, "stores">, staff: Staff): Promise<Notification[]> {
  return listWebhookNotifications(deps.stores, staff.tenantId);
}
