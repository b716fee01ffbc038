import { http } from "@google-cloud/functions-framework";
import { resumeStalledJobs } from "../jobs/resume-stalled-jobs.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";

/** Every two minutes: publishes the jobs that should have been looked at by now. */
http(
  "resume-stalled-jobs",
  scheduled(() => resumeStalledJobs(deps())),
);
