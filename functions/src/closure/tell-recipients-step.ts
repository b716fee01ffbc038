import type { ThirdPartyEntry } from "../inventory/entry.ts";
import { inventory, type ThirdPartyName } from "../inventory/inventory.ts";
import type { Job, JobStep } from "../jobs/job.ts";
import { forgetAddresses } from "../mail/forget-addresses.ts";
import type { Deps } from "../platform/deps.ts";
import { daysAfter } from "./closure.ts";
import { openPeople, type People } from "./people.ts";
import { changeClosedRecord, findClosedRecord, type RecipientOutcome } from "./store.ts";

/** The business's own software belongs to whoever closes the account: it is no third party to them. */
type AskedName = Exclude<ThirdPartyName, "tenantWebhook">;

/** How each third party of the inventory is asked; one that is added there does not compile until it stands here. */
const ask: Record<AskedName, (deps: Deps, people: People, job: Job) => Promise<RecipientOutcome["outcome"]>> = {
  vertexAi: () => Promise.resolve("expires-on"),
  postmarkMail: (deps, { owners }) => forgetAddresses(deps, owners),
  // Their accounts went in the step remove-staff; the provider's own backups last longer.
  firebaseAuth: (_deps, _people, job) => Promise.resolve(job.counts["staff.removed"] ? "deleted" : "holds-nothing"),
  async stripeBilling(deps, { stripeCustomerId }) {
    if (stripeCustomerId === undefined) return "holds-nothing";
    await deps.billing.deleteCustomer(stripeCustomerId);
    return "deleted";
  },
};

/**
 * Tells each third party of the inventory that the account goes, and records what each did and until when it may still
 * hold a copy.
 *
 * @see GDPR Art. 28(3)(g)
 */
export const tellRecipients: JobStep<Deps> = {
  name: "tell-recipients",
  async run(deps, { job, assertHeld }) {
    const { tenantId } = job;
    const account = await findClosedRecord(deps.stores, tenantId);
    if (account?.recipients !== undefined) return { done: true };
    const people = await openPeople(deps, tenantId, account?.people);
    const now = deps.clock.now();
    const recipients: RecipientOutcome[] = [];
    for (const name of Object.keys(ask) as AskedName[]) {
      recipients.push(outcomeOf(name, inventory[name], await ask[name](deps, people, job), now));
    }
    // Asked, not yet recorded: a repeat asks again, which each provider takes as the same request.
    await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      changeClosedRecord(tx, deps.stores, tenantId, { recipients });
    });
    return { done: true };
  },
};

function outcomeOf(
  name: AskedName,
  { recipient, windowDays }: ThirdPartyEntry,
  outcome: RecipientOutcome["outcome"],
  now: Date,
): RecipientOutcome {
  if (outcome === "holds-nothing") return { name, recipient, outcome };
  return { name, recipient, outcome, on: daysAfter(now, windowDays).toISOString() };
}
