/** What a business is told of, by webhook. */
export const webhookEvents = [
  "subject.erased",
  "conversation.erased",
  "lead.erased",
  "subject.restricted",
  "subject.restriction-lifted",
  "subject.rectified",
  "webhook.test",
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Who was told, by the name that the inventory gives. `tenantWebhook` is the business's own software. */
export type RecipientName = "tenantWebhook" | "postmarkMail" | "vertexAi";

/** What a recipient answered, or what is known of it without an answer. */
export type NotificationOutcome = "deleted" | "requested" | "received" | "expires-on" | "holds-nothing";

/**
 * That a recipient is told of something done to a person. Ids, codes and a hash: what is sent is made anew at each try.
 *
 * @see GDPR Art. 19
 */
export interface Notification {
  /** Also the id of the job that delivers it, where a job does, and of the message. */
  id: string;
  tenantId: string;
  recipient: RecipientName;
  event: WebhookEvent;
  /** The person while there is one: an erased person's notification names nobody. */
  subjectId?: string;
  /** Host of the endpoint, for a webhook. */
  host?: string;
  /** `told`: nothing more is to be done. */
  state: "queued" | "acknowledged" | "unanswered" | "withdrawn" | "told";
  outcome?: NotificationOutcome;
  /** By when the recipient's copy is gone, where that is known. */
  on?: Date;
  /** Names of what was rectified. */
  fields?: readonly string[];
  attempts: number;
  /** HTTP status of the last answer. */
  lastStatus?: number;
  /** SHA-256 of the body as it was sent, in hex; the body has a salt, which goes with the person's key. */
  bodyHash?: string;
  createdAt: Date;
  acknowledgedAt?: Date;
}
