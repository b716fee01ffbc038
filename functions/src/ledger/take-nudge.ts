import type { TopicName } from "../inventory/inventory.ts";
import { AppError } from "../platform/errors.ts";
import type { Publisher } from "../ports/publisher.ts";
import { type LedgerDeps, sequence } from "./sequence.ts";

/** How long one message is worked on; what is left then goes behind the other tenants' messages. */
const budgetMs = 60_000;

/**
 * Does what a message on `ledger-nudges` asks for: integrates the tenant's waiting entries until none is left.
 *
 * @param holder - one name an instance.
 * @throws AppError `ledger-held` while another instance sequences this log: the message comes again, so that an entry
 * which that run does not see, or does not reach because it dies, does not wait for the sweep. `key-unavailable`.
 */
export async function takeNudge(
  deps: LedgerDeps & { publisher: Publisher<TopicName> },
  tenantId: string,
  holder: string,
): Promise<void> {
  const { ended } = await sequence(deps, tenantId, holder, new Date(deps.clock.now().getTime() + budgetMs));
  if (ended === "held") throw new AppError("ledger-held", `log ${tenantId} is being sequenced`);
  if (ended === "more") await deps.publisher.publish("ledger-nudges", { tenantId });
}
