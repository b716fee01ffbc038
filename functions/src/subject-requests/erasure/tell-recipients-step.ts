import { idempotentId } from "../../crypto/blind-index.ts";
import type { Job, JobStep } from "../../jobs/job.ts";
import { publishJob } from "../../jobs/jobs.ts";
import { forgetAddresses } from "../../mail/forget-addresses.ts";
import type { Deps } from "../../platform/deps.ts";
import { dayMs } from "../../platform/time.ts";
import { findNotification } from "../../recipients/find-notification.ts";
import type { EventIds } from "../../recipients/message-body.ts";
import type { WebhookEvent } from "../../recipients/notification.ts";
import { type PreparedWebhook, prepareWebhook } from "../../recipients/prepare-webhook.ts";
import { readScratch } from "../scratch.ts";
import { findTombstoneIn, type RecipientOutcome, updateTombstone } from "../store.ts";
import { thirdParties } from "./preview-erasure.ts";
import type { ErasureInput } from "./request-erasure.ts";
import { scopeOfJob } from "./scope.ts";

/**
 * What the job still knows, or an empty input when it never had one or has forgotten it.
 *
 * @throws AppError `key-unavailable`.
 */
export async function readErasureInput(deps: Deps, job: Job): Promise<ErasureInput> {
  return ((await readScratch(deps, job.tenantId, job.id)) ?? { addresses: [] }) as ErasureInput;
}

/** A conversation or a lead that goes is not its person: each has an event of its own. */
const events = {
  person: "subject.erased",
  conversation: "conversation.erased",
  lead: "lead.erased",
} as const satisfies Record<string, WebhookEvent>;

async function prepareOwnWebhook(
  deps: Deps,
  job: Job,
  reference: string | undefined,
): Promise<PreparedWebhook | undefined> {
  const { tenantId } = job;
  const { kind, ...scope } = scopeOfJob(job);
  const ids: EventIds = { ...scope, ...(reference === undefined ? {} : { reference }), receiptId: job.id };
  const id = await idempotentId(deps, tenantId, "webhook", "erasure", job.id);
  // Told by an earlier run: what its job knew may be forgotten already, and is not sealed again.
  if ((await findNotification(deps, tenantId, id)) !== undefined) return undefined;
  const actor = { kind: "system", id: "erasure-step" } as const;
  return prepareWebhook(deps, { id, tenantId, event: events[kind], actor, ids });
}

/**
 * Asks each third party of the inventory to forget the person, and records what each answered or by when it is gone. The
 * business's own endpoint is told by a job of its own; `await-recipients` takes its answer in.
 *
 * @see GDPR Art. 17(2), 19
 */
export const tellRecipients: JobStep<Deps> = {
  name: "tell-recipients",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    const { addresses, reference, wasWrittenTo = false } = await readErasureInput(deps, job);
    const asked = await forgetAddresses(deps, addresses);
    // A letter to an address that nobody remembers: there is nothing to ask by, and the copy goes by itself.
    const mail = asked === "holds-nothing" && wasWrittenTo ? "expires-on" : asked;
    // Asked, not yet recorded: a repeat asks again, which the provider takes as the same request.
    const parties = thirdParties.map((party) => outcomeFor(party, mail, deps.clock.now()));
    const webhook = await prepareOwnWebhook(deps, job, reference);
    const own: RecipientOutcome[] =
      webhook === undefined
        ? []
        : [
            {
              name: "tenantWebhook",
              recipient: webhook.host,
              outcome: "requested",
              acknowledged: false,
              notificationId: webhook.notificationId,
            },
          ];
    const delivery = await deps.stores.data.runTransaction(async (tx) => {
      const tombstone = await findTombstoneIn(tx, deps.stores, tenantId, id);
      if (tombstone === undefined || tombstone.recipients !== undefined) return undefined;
      updateTombstone(tx, deps.stores, { id, tenantId }, { recipients: [...parties, ...own] });
      return webhook?.write(tx);
    });
    // Durable: the notification and its job. If we die before publishing, resume-stalled-jobs publishes.
    if (delivery !== undefined) await publishJob(deps, delivery);
    return { done: true };
  },
};

function outcomeFor(
  party: (typeof thirdParties)[number],
  mail: "requested" | "expires-on" | "holds-nothing",
  now: Date,
): RecipientOutcome {
  const { name, recipient, windowDays } = party;
  const outcome = name === "postmarkMail" ? mail : "expires-on";
  if (outcome === "holds-nothing") return { name, recipient, outcome };
  const on = new Date(now.getTime() + windowDays * dayMs).toISOString();
  return { name, recipient, outcome, on };
}
