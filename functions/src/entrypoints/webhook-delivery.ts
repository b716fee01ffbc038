import { http } from "@google-cloud/functions-framework";

import { runJob, stepMessage } from "../jobs/run-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";
import { webhookJob } from "../recipients/webhook-job.ts";

/** Delivers messages to the software of businesses. */
http(
  "webhook-delivery",
  event(stepMessage, (message, delivery) => runJob(deps(), webhookJob, message, delivery)),
);
