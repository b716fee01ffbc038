import type { Job, JobKind } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { awaitRecipients } from "./await-recipients-step.ts";
import { complete } from "./complete-step.ts";
import { deleteExports, deleteExportsAgain } from "./delete-exports-step.ts";
import { deleteAgain, deleteRecordsStep } from "./delete-records-step.ts";
import { destroyKeyStep } from "./destroy-key-step.ts";
import { hideKnowledge } from "./hide-knowledge-step.ts";
import { recordTombstone } from "./record-tombstone-step.ts";
import { resealHeld } from "./reseal-held-step.ts";
import { searchResidue } from "./search-residue-step.ts";
import { tellRecipients } from "./tell-recipients-step.ts";
import { forgetInput, tellSubject } from "./tell-subject-step.ts";
import { waitForCaches } from "./wait-for-caches-step.ts";

/**
 * The erasure of a person, a conversation or a lead, after its request has frozen it. Every step is safe to run twice.
 * It cannot report done before the residue search has found nothing.
 *
 * @see DESIGN.md section 7, GDPR Art. 17 and 19
 */
export const erasureJob: JobKind<Deps> = {
  name: "erasure",
  topic: "erasure-steps",
  steps: [
    recordTombstone,
    resealHeld,
    destroyKeyStep,
    hideKnowledge,
    deleteExports,
    deleteRecordsStep,
    tellRecipients,
    waitForCaches,
    deleteAgain,
    deleteExportsAgain,
    awaitRecipients,
    searchResidue,
    complete,
    tellSubject,
    forgetInput,
  ],
  // The freeze is the promise, and the key goes with it: nothing of a person is left to go back to.
  isCancellable: (_job: Job) => false,
};
