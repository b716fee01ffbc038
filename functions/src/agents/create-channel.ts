import { idempotentId } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Channel, ChannelFields } from "./agent.ts";
import { readAgent, readChannel, saveChannel } from "./store.ts";

/**
 * Creates a channel; `channelKeyFor` of `identity/` gives the key for the site. Repeating the call with the same key
 * returns the first one.
 *
 * @param fields - parsed by the route.
 * @throws AppError `not-found` when there is no such agent.
 */
export async function createChannel(
  deps: Deps,
  staff: Staff,
  fields: ChannelFields,
  idempotencyKey: string,
): Promise<Channel> {
  const { tenantId, actor } = staff;
  // A channel's key has room for 20 characters.
  const channelId = (await idempotentId(deps, tenantId, "channel", actor.id, idempotencyKey)).slice(0, 20);
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const [existing, agent] = await Promise.all([
      readChannel(tx, deps.stores, tenantId, channelId),
      readAgent(tx, deps.stores, tenantId, fields.agentId),
    ]);
    if (existing !== undefined) return existing;
    if (agent === undefined) throw new AppError("not-found", `no agent ${fields.agentId}`);
    const channel: Channel = { ...fields, id: channelId, tenantId, createdAt: now, updatedAt: now };
    saveChannel(tx, deps.stores, channel);
    const targets = [{ kind: "channel", id: channelId }];
    appendEntry(tx, audit, { action: "channel-created", actor, targets, outcome: "success" });
    return channel;
  });
}
