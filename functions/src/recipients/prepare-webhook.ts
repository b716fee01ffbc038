import type { Transaction } from "@google-cloud/firestore";
import type { Actor } from "../identity/caller.ts";
import type { Job } from "../jobs/job.ts";
import { createJob } from "../jobs/jobs.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { keepScratch, sealScratch } from "../subject-requests/scratch.ts";
import type { EventIds } from "./message-body.ts";
import type { Notification, WebhookEvent } from "./notification.ts";
import { createNotification, findWebhook } from "./store.ts";

/** A notification of the business's own endpoint that waits for the transaction of what it tells. */
export interface PreparedWebhook {
  notificationId: string;
  host: string;
  /**
   * Writes the notification, its job and its audit entry; `publishJob` follows after the commit.
   *
   * @param fields - names of what was rectified.
   */
  write(tx: Transaction, fields?: readonly string[]): Job;
}

/** What an endpoint is to be told. */
export interface WebhookNews {
  /** Made of what happened, so that a repeated step tells once. */
  id: string;
  tenantId: string;
  event: WebhookEvent;
  actor: Actor;
  /** The person, while there is one. */
  subjectId?: string;
  /** Of an erased person: the job alone still knows them. */
  ids?: EventIds;
}

/**
 * Prepares to tell the business's own endpoint.
 *
 * @returns undefined when the business has no endpoint.
 * @throws AppError `key-unavailable`; `subject-erased` for a living person's news when the key is gone.
 */
export async function prepareWebhook(deps: Deps, news: WebhookNews): Promise<PreparedWebhook | undefined> {
  const { id, tenantId, event, actor, subjectId, ids } = news;
  const webhook = await findWebhook(deps.stores, tenantId);
  if (webhook === undefined) return undefined;
  const audit = await auditContext(deps, tenantId, subjectId);
  const scratch = ids === undefined ? undefined : await sealScratch(deps, tenantId, id, ids);
  const createdAt = deps.clock.now();
  const { host } = new URL(webhook.url);
  const notification: Notification = {
    ...{ id, tenantId, recipient: "tenantWebhook", event, host, state: "queued", attempts: 0, createdAt },
    ...(subjectId === undefined ? {} : { subjectId }),
  };
  return {
    notificationId: id,
    host,
    write(tx, fields) {
      createNotification(tx, deps.stores, { ...notification, ...(fields === undefined ? {} : { fields }) });
      if (scratch !== undefined) keepScratch(tx, deps.stores, tenantId, id, scratch, createdAt);
      appendEntry(tx, audit, {
        action: "recipient-told",
        actor,
        ...(subjectId === undefined ? {} : { personalTargets: [{ kind: "subject", id: subjectId }] }),
        targets: [{ kind: "notification", id }],
        outcome: "intended",
        metadata: { recipient: "tenantWebhook", event },
      });
      return createJob(tx, deps.stores, {
        ...{ id, tenantId, kind: "webhook", targets: { event }, priority: 0, createdAt },
        requestedBy: { kind: actor.kind, id: actor.kind === "data-subject" ? "" : actor.id },
      });
    },
  };
}
