import { keyAt } from "../../crypto/keyring.ts";
import { openField } from "../../crypto/sealed-fields.ts";
import { documentPath } from "../../inventory/collections.ts";
import type { Job, JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { findJobInput, findTombstoneIn, type RecipientOutcome, updateTombstone } from "../store.ts";
import { thirdParties } from "./preview-erasure.ts";
import type { ErasureInput } from "./request-erasure.ts";

/**
 * What the job still knows, or an empty input when it never had one or has forgotten it.
 *
 * @throws AppError `key-unavailable`.
 */
export async function readErasureInput(deps: Deps, job: Job): Promise<ErasureInput> {
  const sealed = await findJobInput(deps.stores, job.tenantId, job.id);
  if (sealed === undefined) return { addresses: [] };
  const key = await keyAt(deps, { collection: "jobKeys", tenantId: job.tenantId, jobId: job.id });
  const path = documentPath("jobInputs", { tenantId: job.tenantId, jobId: job.id });
  return JSON.parse(openField(key, path, "input", sealed)) as ErasureInput;
}

/**
 * Asks each third party of the inventory to forget the person, and records what each answered or by when it is gone.
 *
 * @see GDPR Art. 19
 */
export const tellRecipients: JobStep<Deps> = {
  name: "tell-recipients",
  async run(deps, { job }) {
    const { addresses } = await readErasureInput(deps, job);
    for (const address of addresses) await deps.mail.requestRemoval(address);
    // Asked, not yet recorded: a repeat asks again, which the provider takes as the same request.
    const recipients = thirdParties.map((party) => outcomeFor(party, addresses.length, deps.clock.now()));
    await deps.stores.data.runTransaction(async (tx) => {
      const tombstone = await findTombstoneIn(tx, deps.stores, job.tenantId, job.id);
      if (tombstone !== undefined && tombstone.recipients === undefined) {
        updateTombstone(tx, deps.stores, { id: job.id, tenantId: job.tenantId }, { recipients });
      }
    });
    return { done: true };
  },
};

function outcomeFor(party: (typeof thirdParties)[number], addresses: number, now: Date): RecipientOutcome {
  const { name, recipient, windowDays } = party;
  if (name === "postmarkMail" && addresses === 0) return { name, recipient, outcome: "holds-nothing" };
  const on = new Date(now.getTime() + windowDays * 86_400_000).toISOString();
  return { name, recipient, outcome: name === "postmarkMail" ? "requested" : "expires-on", on };
}
