import { createHmac } from "node:crypto";
import type { Ids } from "../ports/ids.ts";

const prefix = "whsec_";
const secretBytes = 32;

/** A fresh signing secret as it is shown, once. @see Standard Webhooks, "Signature scheme" */
export function freshWebhookSecret(ids: Pick<Ids, "bytes">): string {
  return `${prefix}${Buffer.from(ids.bytes(secretBytes)).toString("base64")}`;
}

/** A message to be signed: its id is the same at every try, its time is the try's. */
export interface SignedMessage {
  id: string;
  at: Date;
  body: string;
}

/**
 * The headers that prove a message, one signature for each secret: while a secret is being replaced both sign.
 *
 * @param secrets - `whsec_` and base64.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(message: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(message.at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${message.id}.${timestamp}.${message.body}`).digest("base64")}`;
  });
  return {
    "webhook-id": message.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
