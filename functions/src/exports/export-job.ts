import type { JobKind } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { assemble, finish } from "./assemble-step.ts";
import { collect } from "./collect-step.ts";
import { copyFiles } from "./copy-files-step.ts";
import { copyLog } from "./copy-log-step.ts";
import { describe } from "./describe-step.ts";
import { manifest } from "./manifest-step.ts";
import { prove } from "./prove-step.ts";
import { putAwayExport } from "./put-away-export.ts";

/**
 * The export of one person or of a whole account. Pages become parts, parts become files, and what is handed out is
 * signed, recorded in the log, and proven before anybody can fetch it.
 *
 * @see GDPR Art. 15(3), 20; RFC 8493 (BagIt)
 */
export const exportJob: JobKind<Deps> = {
  name: "export",
  topic: "export-steps",
  steps: [collect, describe, copyFiles, copyLog, manifest, prove, assemble, finish],
  isCancellable: () => true,
  ended: putAwayExport,
};
