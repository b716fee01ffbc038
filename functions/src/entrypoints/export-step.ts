import { http } from "@google-cloud/functions-framework";
import { exportJob } from "../exports/export-job.ts";
import { serveSteps } from "../jobs/serve-steps.ts";
import { deps } from "../platform/deps.ts";

/** Runs the steps of exports. */
http("export-step", serveSteps(deps, exportJob));
