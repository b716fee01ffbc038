import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { RetentionPolicy } from "./policy.ts";
import { findPolicy } from "./store.ts";

/**
 * The policy in force, and the time by which expiry is judged: the earlier of this instance's clock and the database's,
 * so that a clock that runs ahead purges nothing early.
 *
 * @throws AppError `not-found` for an id without an account.
 */
export async function purgeTime(
  deps: Pick<Deps, "stores" | "clock">,
  tenantId: string,
): Promise<{ policy: RetentionPolicy; now: Date }> {
  const found = await findPolicy(deps.stores, tenantId);
  if (found === undefined) throw new AppError("not-found", `no tenant ${tenantId}`);
  const own = deps.clock.now();
  const server = deps.clock.fromServer?.(found.readAt) ?? own;
  return { policy: found.policy, now: new Date(Math.min(own.getTime(), server.getTime())) };
}
