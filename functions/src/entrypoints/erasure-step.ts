import { http } from "@google-cloud/functions-framework";

import { runJob, stepMessage } from "../jobs/run-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";
import { erasureJob } from "../subject-requests/erasure/erasure-job.ts";

/** Runs the steps of erasures. */
http(
  "erasure-step",
  event(stepMessage, (message, delivery) => runJob(deps(), erasureJob, message, delivery)),
);
