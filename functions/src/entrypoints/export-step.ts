import { http } from "@google-cloud/functions-framework";
import { exportJob } from "../exports/export-job.ts";

import { runJob, stepMessage } from "../jobs/run-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";

/** Runs the steps of exports. */
http(
  "export-step",
  event(stepMessage, (message, delivery) => runJob(deps(), exportJob, message, delivery)),
);
