import { http } from "@google-cloud/functions-framework";

import { runJob, stepMessage } from "../jobs/run-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";
import { retentionJob } from "../retention/retention-job.ts";

/** Runs the steps of purges. */
http(
  "retention-step",
  event(stepMessage, (message, delivery) => runJob(deps(), retentionJob, message, delivery)),
);
