import type { Request, Response } from "@google-cloud/functions-framework";
import { z } from "zod";
import { deps } from "./deps.ts";
import { AppError, codeOf } from "./errors.ts";
import { log } from "./log.ts";
import { bodyOf, takeRawBodies } from "./raw-body.ts";

const pushEnvelope = z.object({
  message: z.object({
    data: z.base64().optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    messageId: z.string(),
  }),
  subscription: z.string(),
  deliveryAttempt: z.int().optional(),
});

/** How a message came: for the step, and for the log. */
export interface Delivery {
  messageId: string;
  /** Full name of the subscription. */
  subscription: string;
  /** 1 at the first delivery. */
  attempt: number;
}

/**
 * Serves a Pub/Sub push subscription: parses the envelope, runs the step and acknowledges when it is done or when the
 * error says that trying again is useless; answers 503 otherwise, and Pub/Sub redelivers. While the databases are closed
 * no step runs.
 *
 * @param payload - strict schema of the message: ids only.
 * @param handle - the step; throws AppError with a `retry` kind, or anything unknown, to be called again.
 */
export function event<Payload>(
  payload: z.ZodType<Payload>,
  handle: (payload: Payload, delivery: Delivery) => Promise<void>,
): (request: Request, response: Response) => Promise<void> {
  takeRawBodies();
  return async (request, response) => {
    const started = performance.now();
    let attempt = 1;
    try {
      const envelope = pushEnvelope.parse(
        JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bodyOf(request))),
      );
      attempt = envelope.deliveryAttempt ?? 1;
      await deps().databases.assertOpen();
      const text = Buffer.from(envelope.message.data ?? "", "base64").toString("utf8");
      const parsed = payload.parse(JSON.parse(text));
      await handle(parsed, { messageId: envelope.message.messageId, subscription: envelope.subscription, attempt });
      response.status(204).end();
    } catch (error) {
      const isMalformed = error instanceof z.ZodError || error instanceof SyntaxError;
      const final = isMalformed || (error instanceof AppError && !error.retry);
      const code = isMalformed ? "input-invalid" : codeOf(error);
      const durationMs = Math.round(performance.now() - started);
      if (final) log.error("message refused", { attempt, code, durationMs }, error);
      else log.warn("message will be redelivered", { attempt, code, durationMs }, error);
      response.status(final ? 204 : 503).end();
    }
  };
}
