import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Channel, ChannelFields } from "./agent.ts";
import { readAgent, readChannel, saveChannel } from "./store.ts";

/**
 * Changes a channel; the widget follows within a minute.
 *
 * @param changes - fields to replace, parsed by the route.
 * @throws AppError `not-found` when there is no such channel, or no such agent.
 */
export async function changeChannel(
  deps: Deps,
  staff: Staff,
  channelId: string,
  changes: Partial<ChannelFields>,
): Promise<Channel> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const updatedAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const channel = await readChannel(tx, deps.stores, tenantId, channelId);
    if (channel === undefined) throw new AppError("not-found", `no channel ${channelId}`);
    const changed: Channel = { ...channel, ...changes, updatedAt };
    if ((await readAgent(tx, deps.stores, tenantId, changed.agentId)) === undefined) {
      throw new AppError("not-found", `no agent ${changed.agentId}`);
    }
    saveChannel(tx, deps.stores, changed);
    const targets = [{ kind: "channel", id: channelId }];
    const metadata = { fields: Object.keys(changes).sort() };
    appendEntry(tx, audit, { action: "channel-changed", actor, targets, outcome: "success", metadata });
    return changed;
  });
}
