import { http } from "@google-cloud/functions-framework";

import { runJob, stepMessage } from "../jobs/run-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";
import { rotationJob } from "../rotation/rotation-job.ts";

/** Runs the steps of key rotations. */
http(
  "rotation-step",
  event(stepMessage, (message, delivery) => runJob(deps(), rotationJob, message, delivery)),
);
