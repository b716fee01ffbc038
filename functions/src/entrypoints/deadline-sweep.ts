import { http } from "@google-cloud/functions-framework";
import { sweepDeadlines } from "../deadlines/sweep-deadlines.ts";
import { deps } from "../platform/deps.ts";
import { scheduled } from "../platform/schedule.ts";

/** Every hour: reminds staff of holds that end and of requests that must be answered. */
http(
  "deadline-sweep",
  scheduled(() => sweepDeadlines(deps())),
);
