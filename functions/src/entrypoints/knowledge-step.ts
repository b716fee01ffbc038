import { http } from "@google-cloud/functions-framework";
import { runJob, stepMessage } from "../jobs/run-job.ts";
import { knowledgeJob } from "../knowledge/knowledge-job.ts";
import { deps } from "../platform/deps.ts";
import { event } from "../platform/event.ts";

/** Runs the steps of documents that come into use or leave it. */
http(
  "knowledge-step",
  event(stepMessage, (message, delivery) => runJob(deps(), knowledgeJob, message, delivery)),
);
