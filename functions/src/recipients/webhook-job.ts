import { createHash } from "node:crypto";
import { z } from "zod";
import type { Job, JobKind, JobStep, StepRun } from "../jobs/job.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { WebhookAnswer } from "../ports/webhooks.ts";
import { forgetScratch } from "../subject-requests/scratch.ts";
import { messageBody } from "./message-body.ts";
import type { Notification, NotificationOutcome } from "./notification.ts";
import { signatureHeaders } from "./sign-message.ts";
import { findNotificationRecord, findWebhook, readNotification, updateNotification } from "./store.ts";
import { signingSecrets } from "./webhook.ts";

const minuteMs = 60_000;
/** Waits after the first, second... failed try; the last one repeats. */
const backoffMinutes = [1, 2, 5, 15, 30, 60, 120, 240, 480];
/** Tries go on for three days, so that a weekend's outage loses nothing. */
const patienceMs = 3 * 24 * 60 * minuteMs;

/** What an endpoint may say it did; anything else in a good answer says that it was told, and no more. */
const saidShape = z.object({ outcome: z.enum(["deleted", "requested"]) });

function outcomeOf(event: Notification["event"], body: string): NotificationOutcome {
  if (!event.endsWith(".erased")) return "received";
  try {
    return saidShape.parse(JSON.parse(body)).outcome;
  } catch {
    return "requested";
  }
}

/** How a try changes the notification. */
function changeBy(notification: Notification, answer: WebhookAnswer, now: Date) {
  const attempts = notification.attempts + 1;
  if (answer.kind === "unreachable") return { attempts };
  const { status, body } = answer;
  if (status < 200 || status > 299) return { attempts, lastStatus: status };
  const outcome = outcomeOf(notification.event, body);
  return { attempts, lastStatus: status, state: "acknowledged", outcome, acknowledgedAt: now } as const;
}

type Change = Parameters<typeof updateNotification>[3];

/** Records a try, with its audit entry where it is the last one. */
async function recordTry(deps: Deps, { job, assertHeld }: StepRun, change: Change): Promise<void> {
  const { tenantId, id } = job;
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const [stored] = await Promise.all([readNotification(tx, deps.stores, tenantId, id), assertHeld(tx)]);
    // The person was erased meanwhile: the record went too.
    if (stored === undefined || stored.state === "acknowledged") return;
    updateNotification(tx, deps.stores, { id, tenantId }, change);
    if (change.state === undefined) return;
    appendEntry(tx, audit, {
      action: "recipient-told",
      actor: { kind: "system", id: "webhook-delivery" },
      targets: [{ kind: "notification", id }],
      outcome: change.state === "acknowledged" ? "success" : "failed",
      metadata: {
        recipient: "tenantWebhook",
        event: stored.event,
        ...(change.outcome === undefined ? {} : { outcome: change.outcome }),
        ...(change.bodyHash === undefined ? {} : { bodyHash: change.bodyHash }),
      },
    });
  });
}

/**
 * Tries once to hand the message to the endpoint, and waits longer after each failure. The endpoint may get a message
 * twice, with the same `webhook-id`: when we die after its answer, or when the answer is lost.
 */
const deliver: JobStep<Deps> = {
  name: "deliver",
  async run(deps, step) {
    const { job } = step;
    const { tenantId, id } = job;
    const [notification, webhook] = await Promise.all([
      findNotificationRecord(deps.stores, tenantId, id),
      findWebhook(deps.stores, tenantId),
    ]);
    if (notification === undefined || notification.state === "acknowledged") return { done: true };
    const body = await messageBody(deps, notification);
    if (webhook === undefined || body === undefined) {
      await recordTry(deps, step, { state: "withdrawn" });
      return { done: true };
    }
    const secrets = await signingSecrets(deps, tenantId, webhook);
    const headers = signatureHeaders({ id, at: deps.clock.now(), body }, secrets);
    const answer = await deps.webhooks.post(webhook.url, headers, body);
    const now = deps.clock.now();
    const bodyHash = createHash("sha256").update(body).digest("hex");
    const change = { bodyHash, ...changeBy(notification, answer, now) };
    const isOver = !("state" in change) && now.getTime() - job.createdAt.getTime() >= patienceMs;
    // Answered, not yet recorded: a repeat sends the same message with the same id.
    await recordTry(deps, step, isOver ? { ...change, state: "unanswered" } : change);
    if ("state" in change) return { done: true, counts: { delivered: 1 } };
    if (isOver) throw new AppError("recipient-unanswered", `endpoint did not take message ${id}`);
    const minutes = backoffMinutes[Math.min(notification.attempts, backoffMinutes.length - 1)] ?? 1;
    return { waitUntil: new Date(now.getTime() + minutes * minuteMs) };
  },
};

/** Destroys what the job alone still knew. */
const forget: JobStep<Deps> = {
  name: "forget",
  async run(deps, { job }) {
    await forgetScratch(deps, job.tenantId, job.id);
    return { done: true };
  },
};

/** Tells the business's own endpoint of something done to a person. @see GDPR Art. 17(2), 19 */
export const webhookJob: JobKind<Deps> = {
  name: "webhook",
  topic: "webhook-deliveries",
  steps: [deliver, forget],
  isCancellable: (_job: Job) => false,
};
