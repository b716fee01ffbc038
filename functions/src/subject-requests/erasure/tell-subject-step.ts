import type { JobStep } from "../../jobs/job.ts";
import { erasureCompletedLetter } from "../../mail/letters.ts";
import type { Deps } from "../../platform/deps.ts";
import { forgetScratch } from "../scratch.ts";
import { readErasureInput } from "./tell-recipients-step.ts";

/** Tells every verified address that the erasure is done. At least once: a crash after sending may send a second one. */
export const tellSubject: JobStep<Deps> = {
  name: "tell-subject",
  async run(deps, { job }) {
    const { addresses } = await readErasureInput(deps, job);
    for (const to of addresses)
      await deps.mail.send({ to, ...erasureCompletedLetter(job.targets.requestId ?? job.id) });
    // The letter made the provider hold the address again: ask once more.
    for (const address of addresses) await deps.mail.requestRemoval(address);
    return { done: true, counts: { letters: addresses.length } };
  },
};

/** Forgets the addresses. */
export const forgetInput: JobStep<Deps> = {
  name: "forget-input",
  async run(deps, { job }) {
    await forgetScratch(deps, job.tenantId, job.id);
    return { done: true };
  },
};
