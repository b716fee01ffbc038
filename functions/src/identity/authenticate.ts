import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { authenticateStaff } from "./authenticate-staff.ts";
import type { Caller } from "./caller.ts";
import { bearerOf, type Credentials } from "./credentials.ts";
import type { Permission } from "./permissions.ts";
import { openChannelKey, openSessionToken } from "./tokens.ts";

/**
 * Finds out who calls, as a route's rule asks.
 *
 * Channel keys and session tokens are checked without any database.
 *
 * @param rule - `public`, `channel`, `data-subject`, or a permission that staff or an API key must have.
 * @throws AppError `unauthenticated`, `session-expired`, `forbidden`, `origin-refused`, `wrong-region`.
 */
export async function authenticate(
  deps: Deps,
  rule: "public" | "channel" | "data-subject" | Permission,
  credentials: Credentials,
): Promise<Caller> {
  if (rule === "public") return { kind: "public" };
  if (rule === "channel") return openChannelKey(deps.config, credentials.channelKey ?? "");
  if (rule === "data-subject") {
    const token = bearerOf(credentials);
    if (token === undefined) throw new AppError("unauthenticated", "header Authorization must hold a session token");
    return openSessionToken(deps.config, token, deps.clock.now());
  }
  return authenticateStaff(deps, rule, credentials);
}
