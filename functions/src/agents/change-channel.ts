import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { fieldChanges } from "../ledger/field-changes.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Channel, ChannelFields } from "./agent.ts";
import { readAgent, readChannel, saveChannel } from "./store.ts";

/**
 * Changes a channel; the widget follows within a minute.
 *
 * @param sent - fields to replace, parsed by the route; where all are as they were, nothing is written or recorded.
 * @param safe - fields whose values the audit log may show.
 * @throws AppError `not-found` when there is no such channel, or no such agent.
 */
export async function changeChannel(
  deps: Deps,
  staff: Staff,
  channelId: string,
  sent: Partial<ChannelFields>,
  safe?: ReadonlySet<string>,
): Promise<Channel> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const updatedAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const channel = await readChannel(tx, deps.stores, tenantId, channelId);
    if (channel === undefined) throw new AppError("not-found", `no channel ${channelId}`);
    const changes = fieldChanges(channel, sent, safe);
    if (changes.length === 0) return channel;
    const changed: Channel = { ...channel, ...sent, updatedAt };
    if ((await readAgent(tx, deps.stores, tenantId, changed.agentId)) === undefined) {
      throw new AppError("not-found", `no agent ${changed.agentId}`);
    }
    saveChannel(tx, deps.stores, changed);
    const targets = [{ kind: "channel", id: channelId }];
    appendEntry(tx, audit, { action: "channel-changed", actor, targets, outcome: "success", changes });
    return changed;
  });
}
