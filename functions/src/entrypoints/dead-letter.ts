import { http } from "@google-cloud/functions-framework";
import { deadMessage, giveUpJob } from "../jobs/give-up-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";

/** Messages that Pub/Sub gave up: their jobs fail with a reason that a person can act on. */
http(
  "dead-letter",
  event(deadMessage, (message) => giveUpJob(deps(), message)),
);
