import type { WebhookDelivery } from "../api/settings-shapes.ts";
import { humanize } from "./things.ts";

const events: Readonly<Record<string, string>> = {
  "subject.erased": "A person was erased",
  "conversation.erased": "A conversation was erased",
  "lead.erased": "A lead was erased",
  "subject.restricted": "Processing was restricted",
  "subject.restriction-lifted": "A restriction was lifted",
  "subject.rectified": "A person was corrected",
  "webhook.test": "Test",
};

/** What a message told. */
export function eventText(event: string): string {
  return events[event] ?? humanize(event);
}

/** How a delivery stands, in a word and with how good that is. */
export function deliveryState({ state }: Pick<WebhookDelivery, "state">): {
  title: string;
  tone: "good" | "active" | "danger" | "plain";
} {
  if (state === "acknowledged") return { title: "Acknowledged", tone: "good" };
  if (state === "told") return { title: "Told", tone: "good" };
  if (state === "queued") return { title: "On its way", tone: "active" };
  return state === "unanswered" ? { title: "Unanswered", tone: "danger" } : { title: "Withdrawn", tone: "plain" };
}

const outcomes: Readonly<Record<string, string>> = {
  deleted: "deleted there",
  requested: "asked for there",
  received: "received",
};

/** Tries, the last answer, and what was acknowledged: `2 tries · HTTP 200 · deleted there`. */
export function deliveryText({ attempts, lastStatus, outcome }: WebhookDelivery): string {
  return [
    attempts === 0 ? "not tried yet" : attempts === 1 ? "1 try" : `${attempts} tries`,
    ...(lastStatus === undefined ? [] : [`HTTP ${lastStatus}`]),
    ...(outcome === undefined ? [] : [outcomes[outcome] ?? humanize(outcome).toLowerCase()]),
  ].join(" · ");
}
