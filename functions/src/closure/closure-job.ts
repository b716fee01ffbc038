import type { JobKind } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { certify, publishLog } from "./certify-step.ts";
import { closeLog } from "./close-log-step.ts";
import {
  deleteAgain,
  deleteFilesStep,
  deleteRecords,
  destroyKeys,
  removeStaff,
  waitForCaches,
} from "./delete-steps.ts";
import { endOtherJobs } from "./end-jobs-step.ts";
import { finish, tellOwners } from "./finish-steps.ts";
import { recordTombstone, rememberPeople, takeStock } from "./prepare-step.ts";
import { searchResidue } from "./search-residue-step.ts";
import { tellRecipients } from "./tell-recipients-step.ts";

/**
 * The deletion of an account whose grace is over. Every step is safe to run twice. It cannot sign before the residue
 * search has found nothing, and its own record goes last.
 *
 * @see DESIGN.md section 7, GDPR Art. 28(3)(g)
 */
export const closureJob: JobKind<Deps> = {
  name: "closure",
  topic: "closure-steps",
  steps: [
    recordTombstone,
    rememberPeople,
    endOtherJobs,
    closeLog,
    takeStock,
    destroyKeys,
    removeStaff,
    deleteFilesStep,
    deleteRecords,
    tellRecipients,
    waitForCaches,
    ...deleteAgain,
    searchResidue,
    certify,
    publishLog,
    tellOwners,
    finish,
  ],
  // Its keys go first: there is nothing to go back to. Until it begins, the request is cancelled instead.
  isCancellable: () => false,
};
