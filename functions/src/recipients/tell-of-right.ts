import type { Transaction } from "@google-cloud/firestore";
import type { Actor } from "../identity/caller.ts";
import { inventory } from "../inventory/inventory.ts";
import type { Job } from "../jobs/job.ts";
import { publishJob } from "../jobs/jobs.ts";
import { forgetAddresses } from "../mail/forget-addresses.ts";
import { wasWrittenTo } from "../mail/write-to-person.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { dayMs } from "../platform/time.ts";
import type { Notification, WebhookEvent } from "./notification.ts";
import { type PreparedWebhook, prepareWebhook } from "./prepare-webhook.ts";
import { createNotification } from "./store.ts";

/** What recipients are told of a right that was exercised. */
export interface RightNews {
  tenantId: string;
  subjectId: string;
  event: Extract<WebhookEvent, "subject.restricted" | "subject.restriction-lifted" | "subject.rectified">;
  actor: Actor;
  /** Proven addresses that are the person's no more: the mail provider is asked to forget them. */
  formerAddresses?: readonly string[];
}

/** What the mail provider does: it holds something only where a letter was ever sent. */
type MailOutcome = "requested" | "expires-on" | "holds-nothing";

/** Notices to recipients that wait for the transaction of the act. */
export interface RightNotices {
  /** Writes one notification for each recipient that may hold a copy. @param fields - names of what was rectified. */
  write(tx: Transaction, fields?: readonly string[]): void;
  /** Asks for the delivery of what was written; to be called after the commit. */
  publish(): Promise<void>;
}

/** What a provider is known to do by itself: it has no door for restriction or rectification, and its copy expires. */
function providerNotices(deps: Deps, news: RightNews, mailOutcome: MailOutcome): Notification[] {
  const { tenantId, subjectId, event } = news;
  const createdAt = deps.clock.now();
  const on = (days: number) => new Date(createdAt.getTime() + days * dayMs);
  const base = { tenantId, subjectId, event, state: "told", attempts: 0, createdAt } as const;
  return [
    {
      ...base,
      id: deps.ids.next(),
      recipient: "vertexAi",
      outcome: "expires-on",
      on: on(inventory.vertexAi.windowDays),
    },
    {
      ...base,
      id: deps.ids.next(),
      recipient: "postmarkMail",
      outcome: mailOutcome,
      ...(mailOutcome === "holds-nothing" ? {} : { on: on(inventory.postmarkMail.windowDays) }),
    },
  ];
}

/**
 * Prepares to tell each recipient of a restriction, its end, or a rectification. Each notification is kept with the
 * person, who may ask who was told.
 *
 * @returns nothing to write where the person's key is gone: the act itself then says that there is nobody.
 * @throws AppError `key-unavailable`; `store-unavailable` when the mail provider cannot be asked.
 * @see GDPR Art. 19
 */
export async function prepareRightNotices(deps: Deps, news: RightNews): Promise<RightNotices> {
  const { formerAddresses = [], ...rest } = news;
  let prepared: { webhook: PreparedWebhook | undefined; providers: Notification[] };
  try {
    const wasWritten = await wasWrittenTo(deps.stores, news);
    const webhook = await prepareWebhook(deps, { ...rest, id: deps.ids.next() });
    const asked = await forgetAddresses(deps, formerAddresses);
    const mailOutcome = asked === "holds-nothing" && wasWritten ? "expires-on" : asked;
    prepared = { webhook, providers: providerNotices(deps, news, mailOutcome) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "subject-erased") throw error;
    return { write: () => undefined, publish: () => Promise.resolve() };
  }
  let job: Job | undefined;
  return {
    write(tx, fields) {
      const named = fields === undefined ? {} : { fields };
      for (const notification of prepared.providers) createNotification(tx, deps.stores, { ...notification, ...named });
      job = prepared.webhook?.write(tx, fields);
    },
    async publish() {
      if (job !== undefined) await publishJob(deps, job);
    },
  };
}
