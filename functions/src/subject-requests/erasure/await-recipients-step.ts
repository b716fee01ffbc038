import type { JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { findNotification } from "../../recipients/find-notification.ts";
import { findTombstone, findTombstoneIn, type RecipientOutcome, updateTombstone } from "../store.ts";

const minuteMs = 60_000;
/** An erasure is not held up for longer by a business's own endpoint: the receipt then says that it has not answered. */
const patienceMs = 24 * 60 * minuteMs;
/** Looked at every two minutes at first, then every quarter of an hour. */
const eagerMs = 20 * minuteMs;

/**
 * Waits for the business's own endpoint to acknowledge, a day at most, and takes down what it answered. What it did not
 * acknowledge stays `requested`; its delivery goes on.
 *
 * @see GDPR Art. 19
 */
export const awaitRecipients: JobStep<Deps> = {
  name: "await-recipients",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    const tombstone = await findTombstone(deps.stores, tenantId, id);
    const told = tombstone?.recipients?.find(({ notificationId }) => notificationId !== undefined);
    if (told?.notificationId === undefined || told.acknowledged === true) return { done: true };
    const notification = await findNotification(deps, tenantId, told.notificationId);
    if (notification === undefined) return { done: true };
    const { state, outcome, acknowledgedAt, createdAt } = notification;
    if (state === "queued") {
      const now = deps.clock.now().getTime();
      const deadline = createdAt.getTime() + patienceMs;
      const pause = now - createdAt.getTime() < eagerMs ? 2 * minuteMs : 15 * minuteMs;
      return now >= deadline ? { done: true } : { waitUntil: new Date(Math.min(now + pause, deadline)) };
    }
    if (state !== "acknowledged") return { done: true };
    const answered: RecipientOutcome = {
      ...told,
      outcome: outcome === "deleted" ? "deleted" : "requested",
      acknowledged: true,
      ...(acknowledgedAt === undefined ? {} : { on: acknowledgedAt.toISOString() }),
    };
    await deps.stores.data.runTransaction(async (tx) => {
      const current = await findTombstoneIn(tx, deps.stores, tenantId, id);
      const recipients = (current?.recipients ?? []).map((party) =>
        party.notificationId === told.notificationId ? answered : party,
      );
      if (current !== undefined) updateTombstone(tx, deps.stores, { id, tenantId }, { recipients });
    });
    return { done: true };
  },
};
