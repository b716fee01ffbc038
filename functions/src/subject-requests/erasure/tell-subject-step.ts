import type { JobStep } from "../../jobs/job.ts";
import { forgetAddresses } from "../../mail/forget-addresses.ts";
import { erasureCompletedLetter } from "../../mail/letters.ts";
import { claimMs } from "../../mail/send-once.ts";
import { forgetLettersAbout, writeToPerson } from "../../mail/write-to-person.ts";
import type { Deps } from "../../platform/deps.ts";
import { forgetScratch } from "../scratch.ts";
import { readErasureInput } from "./tell-recipients-step.ts";

/**
 * Tells every verified address that the erasure is done, each once. One that takes no mail keeps no erasure open, and one
 * that may take it later keeps nobody else from being told.
 *
 * @see GDPR Art. 12(3)
 */
export const tellSubject: JobStep<Deps> = {
  name: "tell-subject",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    const { addresses } = await readErasureInput(deps, job);
    const letter = erasureCompletedLetter(job.targets.requestId ?? id);
    const subject = { tenantId, purpose: "erasure-completed", about: id } as const;
    const { told, undeliverable, underWay } = await writeToPerson(deps, addresses, subject, letter);
    if (underWay > 0) return { waitUntil: new Date(deps.clock.now().getTime() + claimMs) };
    // The letter made the provider hold the address again: ask once more.
    await forgetAddresses(deps, addresses);
    return { done: true, counts: { letters: told, undeliverable } };
  },
};

/** Forgets the addresses, and which of them were written to. */
export const forgetInput: JobStep<Deps> = {
  name: "forget-input",
  async run(deps, { job }) {
    await forgetScratch(deps, job.tenantId, job.id);
    await forgetLettersAbout(deps.stores, job.tenantId, job.id);
    return { done: true };
  },
};
