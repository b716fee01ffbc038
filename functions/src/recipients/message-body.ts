import { createHmac } from "node:crypto";
import { z } from "zod";
import { dekOf, keyAt } from "../crypto/keyring.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { readScratch } from "../subject-requests/scratch.ts";
import { profileOf } from "../subjects/read-subject.ts";
import type { Notification } from "./notification.ts";

/** Ids by which a business finds what an event is about; `reference` is its own id of the person. */
export const eventIds = z.object({
  subjectId: z.string(),
  reference: z.string().optional(),
  conversationId: z.string().optional(),
  leadId: z.string().optional(),
  receiptId: z.string().optional(),
});
export type EventIds = z.infer<typeof eventIds>;

/** A text that a hash of the body cannot be guessed without, until its key is gone. */
function saltOf(key: { bytes: Uint8Array }, notificationId: string): string {
  return createHmac("sha256", key.bytes).update(`lethe/webhook-salt/v1\0${notificationId}`).digest("hex").slice(0, 32);
}

async function idsOf(deps: Deps, notification: Notification): Promise<(EventIds & { salt: string }) | undefined> {
  const { id, tenantId, subjectId } = notification;
  const scratch = await readScratch(deps, tenantId, id);
  if (scratch !== undefined) {
    const key = await keyAt(deps, { collection: "jobKeys", tenantId, jobId: id });
    return { ...eventIds.parse(scratch), salt: saltOf(key, id) };
  }
  if (subjectId === undefined) return undefined;
  const [dek, profile] = await Promise.all([
    dekOf(deps, { tenantId, subjectId }),
    profileOf(deps, { tenantId, subjectId }),
  ]);
  const { reference } = profile;
  return { subjectId, ...(reference === undefined ? {} : { reference }), salt: saltOf(dek, id) };
}

/**
 * The body of a message, the same at every try: ids and names of fields, and nothing that a person told.
 *
 * @returns undefined when it cannot be made any more: the person is erased, or what the job knew is forgotten.
 * @throws AppError `key-unavailable`.
 */
export async function messageBody(deps: Deps, notification: Notification): Promise<string | undefined> {
  const { event, createdAt, fields } = notification;
  const message = (data: object) => JSON.stringify({ type: event, timestamp: createdAt.toISOString(), data });
  if (event === "webhook.test") return message({ text: "This is a test. Nothing happened to anybody." });
  try {
    const ids = await idsOf(deps, notification);
    return ids === undefined ? undefined : message({ ...ids, ...(fields === undefined ? {} : { fields }) });
  } catch (error) {
    if (error instanceof AppError && error.code === "subject-erased") return undefined;
    throw error;
  }
}
