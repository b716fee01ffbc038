import { http } from "@google-cloud/functions-framework";
import { serveSteps } from "../jobs/serve-steps.ts";
import { deps } from "../platform/deps.ts";
import { erasureJob } from "../subject-requests/erasure/erasure-job.ts";

/** Runs the steps of erasures. */
http("erasure-step", serveSteps(deps, erasureJob));
