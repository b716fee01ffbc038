import { http } from "@google-cloud/functions-framework";

import { closureJob } from "../closure/closure-job.ts";
import { runJob, stepMessage } from "../jobs/run-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";

/** Runs the steps of deletions of accounts. */
http(
  "closure-step",
  event(stepMessage, (message, delivery) => runJob(deps(), closureJob, message, delivery)),
);
