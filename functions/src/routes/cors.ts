import type { Request, Response } from "@google-cloud/functions-framework";
import type { Config } from "../platform/config.ts";
import type { CompiledRoute } from "./match.ts";

const allowedHeaders = "authorization, content-type, idempotency-key, lethe-channel";

/**
 * Says which other origins may read the answer: the console with its cookies; anybody for public reads; nobody else.
 *
 * @see Fetch standard, CORS protocol
 */
export function allowOrigin(
  config: Config,
  request: Request,
  response: Response,
  route: CompiledRoute | undefined,
): void {
  const origin = request.get("origin");
  if (origin === undefined) return;
  response.setHeader("vary", "origin");
  if (origin === config.APP_ORIGIN) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-allow-credentials", "true");
    response.setHeader("access-control-allow-headers", allowedHeaders);
    response.setHeader("access-control-allow-methods", "GET, POST, PUT, DELETE");
    response.setHeader("access-control-max-age", "600");
  } else if (route?.row.cors === "any-origin") {
    response.setHeader("access-control-allow-origin", "*");
  }
}
