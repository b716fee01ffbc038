import { AppError } from "../platform/errors.ts";
import { type Head, turnsPerHour, type Usage } from "./conversation.ts";

const hourMs = 60 * 60_000;

/** The usage that still counts at a time: that of an hour which is over does not. */
function usageAt({ usage }: Pick<Head, "usage">, at: Date): Usage {
  return usage !== undefined && at.getTime() < usage.since.getTime() + hourMs ? usage : { since: at, turns: 0 };
}

/** The usage of a conversation with one turn more. */
export function usageWith(head: Pick<Head, "usage">, at: Date): Usage {
  const { since, turns } = usageAt(head, at);
  return { since, turns: turns + 1 };
}

/**
 * Checks that a conversation may ask on, over all instances; turns that are under way are not counted.
 *
 * @throws AppError `rate-limited` after 500 questions within an hour.
 */
export function assertUsable(head: Pick<Head, "id" | "usage">, at: Date): void {
  if (usageAt(head, at).turns < turnsPerHour) return;
  throw new AppError("rate-limited", `conversation ${head.id} has ${turnsPerHour} questions within an hour`);
}
