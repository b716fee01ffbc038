import type { Request, Response } from "@google-cloud/functions-framework";
import { deps } from "./deps.ts";
import { log } from "./log.ts";
import { takeRawBodies } from "./raw-body.ts";

/**
 * Serves a Cloud Scheduler job: runs the sweep and answers 204; 503 makes the scheduler try again. While the databases are
 * closed nothing is swept.
 *
 * @param sweep - safe to run twice and at any time.
 */
export function scheduled(sweep: () => Promise<void>): (request: Request, response: Response) => Promise<void> {
  takeRawBodies();
  return async (_request, response) => {
    try {
      await deps().databases.assertOpen();
      await sweep();
      response.status(204).end();
    } catch (error) {
      log.error("sweep failed", {}, error);
      response.status(503).end();
    }
  };
}
